package dev.recal.graphs.data.source;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.ops.Arguments;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A data set for face recognition that needs no download: drawn faces, one class for each identity.
 * An identity determines the shape, the colours and the places of face, hair, eyes, brows, nose and
 * mouth; an image its pose, expression, light, background and noise. Without movement the images
 * are aligned up to that: the face has its place and size.
 *
 * <p>An image is a function of seed, split, identity and its number within the identity: a larger
 * set begins with the identities and images of a smaller one. The splits have no identity in
 * common.
 *
 * @param split which of two disjoint sets of identities
 * @param identities number of identities
 * @param perIdentity images of each identity
 * @param size height and width in pixels
 * @param movement how far faces are moved, turned and scaled in the image, which alignment undoes:
 *     0 for not at all, 1 for the remainder that alignment usually leaves
 * @param seed of everything random
 */
public record DrawnFaces(
    Textures.Split split, int identities, int perIdentity, int size, double movement, long seed)
    implements DataSource {

  private static final int MAX_IDENTITIES = 9999;

  /** Rejects settings outside their ranges. */
  public DrawnFaces {
    Objects.requireNonNull(split, "split");
    Arguments.require(
        identities >= 2 && identities <= MAX_IDENTITIES,
        "identities",
        "from 2 to " + MAX_IDENTITIES,
        identities);
    Arguments.require(
        perIdentity >= 1 && perIdentity <= MAX_IDENTITIES,
        "perIdentity",
        "from 1 to " + MAX_IDENTITIES,
        perIdentity);
    Arguments.require(size >= 32 && size <= 1024, "size", "from 32 to 1024 pixels", size);
    Arguments.require(movement >= 0 && movement <= 5, "movement", "from 0 to 5", movement);
  }

  /** The training images. */
  public static DrawnFaces defaults() {
    return train();
  }

  /** 20 images of each of 200 training identities, 112×112. */
  public static DrawnFaces train() {
    return new DrawnFaces(Textures.Split.TRAIN, 200, 20, 112, 1, 0);
  }

  /** 6 images of each of 100 identities that are not in the training images, 112×112. */
  public static DrawnFaces test() {
    return new DrawnFaces(Textures.Split.TEST, 100, 6, 112, 1, 0);
  }

  /** Returns the same with other numbers of identities and images. */
  public DrawnFaces withCounts(int newIdentities, int newPerIdentity) {
    return new DrawnFaces(split, newIdentities, newPerIdentity, size, movement, seed);
  }

  /** Returns the name of an identity, which is also its class's. */
  public String identity(int number) {
    String word = split == Textures.Split.TRAIN ? "identity" : "unseen";
    return String.format(Locale.ROOT, "%s%04d", word, number + 1);
  }

  /** Returns the names of all identities, sorted. */
  public List<String> identityNames() {
    return IntStream.range(0, identities).mapToObj(this::identity).toList();
  }

  /**
   * Returns the file name of an image in the form of LFW, such as {@code identity0001_0002.png}.
   */
  public String fileName(int identity, int image) {
    return String.format(Locale.ROOT, "%s_%04d.png", identity(identity), image + 1);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    int count = Math.multiplyExact(identities, perIdentity);
    if (!Pixels.fits(count, size, size, settings.memoryLimitBytes())) {
      throw new IllegalArgumentException(
          ("perIdentity: expected all faces to fit into memoryLimitBytes ("
                  + settings.memoryLimitBytes()
                  + "), but got ")
              + (count + " of " + size + "×" + size + " pixels."));
    }
    Pixels pixels = new Pixels(count, size, size);
    int imageBytes = Math.toIntExact(pixels.imageBytes());
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> pixels.write(i, face(i / perIdentity, i % perIdentity).rgb(), 0, imageBytes));
    List<String> names =
        IntStream.range(0, count)
            .mapToObj(
                i -> identity(i / perIdentity) + "/" + fileName(i / perIdentity, i % perIdentity))
            .toList();
    int[] labels = IntStream.range(0, count).map(i -> i / perIdentity).toArray();
    Digest digest =
        new Digest()
            .add("drawn faces " + DrawnFace.VERSION)
            .add(split.name())
            .add(new int[] {identities, perIdentity, size})
            .add(Double.toString(movement))
            .add(seed);
    String name = "drawn faces (" + split.name().toLowerCase(Locale.ROOT) + ")";
    return new DataSetAssembly(name, settings)
        .decoded(identityNames(), new PixelItems(names, pixels), labels, digest);
  }

  /**
   * Returns the points of an image by which faces are aligned: pixel coordinates (x, y) of the
   * eyes, the tip of the nose and the corners of the mouth, the left ones of the image first. The
   * centre of the first pixel is (0, 0).
   */
  public List<double[]> points(int identity, int image) {
    return face(identity, image).points();
  }

  /**
   * Writes an image.
   *
   * @param png the file; its directory is created if absent
   * @return its points, see {@link #points}
   */
  public List<double[]> write(int identity, int image, Path png) {
    DrawnFace face = face(identity, image);
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    byte[] rgb = face.rgb();
    for (int i = 0; i < size * size; i++) {
      int red = rgb[3 * i] & 0xFF;
      int green = rgb[3 * i + 1] & 0xFF;
      picture.setRGB(i % size, i / size, red << 16 | green << 8 | rgb[3 * i + 2] & 0xFF);
    }
    PngFiles.write(png, () -> picture);
    return face.points();
  }

  /** Draws one image. */
  DrawnFace face(int identity, int image) {
    long person = SplitMix64.mix(seed, split.ordinal(), identity);
    FaceTraits traits = FaceTraits.random(new SplitMix64(SplitMix64.mix(person, 0)));
    SplitMix64 random = new SplitMix64(SplitMix64.mix(person, 1, image));
    return DrawnFace.draw(traits, FaceView.random(random, movement), size);
  }
}
