package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.MapFunction;
import dev.recal.ops.image.Images;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A second image an item, of the same size as the first; both are cropped and mirrored in the same
 * way.
 */
public final class ImageTargets implements TargetStore {

  /** How second images are resized. */
  public enum Resizing {
    /** As the first images: bilinear, with antialiasing. */
    BILINEAR,
    /** Each pixel is one of the second image, so that index maps stay index maps. */
    NEAREST
  }

  private final ImageItems images;
  private final int[] imageOf;
  private final List<String> contents;
  private final Resizing resizing;

  private ImageTargets(ImageItems images, int[] imageOf, List<String> contents, Resizing resizing) {
    this.images = images;
    this.imageOf = imageOf;
    this.contents = contents;
    this.resizing = Objects.requireNonNull(resizing, "resizing");
  }

  /**
   * Takes over one share of images.
   *
   * @param images the second images, in the order of the first ones
   * @param contents the content that the digest uses for each, such as its size and checksum
   */
  public static ImageTargets of(ImageItems images, List<String> contents, Resizing resizing) {
    if (contents.size() != images.count()) {
      throw new IllegalArgumentException(
          "contents: expected one for each of "
              + (images.count() + " images, but got " + contents.size() + "."));
    }
    return new ImageTargets(
        images, IntStream.range(0, images.count()).toArray(), List.copyOf(contents), resizing);
  }

  @Override
  public int count() {
    return imageOf.length;
  }

  @Override
  public String description() {
    return "a second image";
  }

  @Override
  public ImageTargets choose(int[] items) {
    int[] chosen = IntStream.of(items).map(item -> imageOf[item]).toArray();
    return new ImageTargets(images, chosen, contents, resizing);
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add("second images").add(resizing.name()).add(items.length);
    for (int item : items) {
      digest.add(images.name(imageOf[item])).add(contents.get(imageOf[item]));
    }
  }

  @Override
  public Optional<String> mismatch(int item, int height, int width) {
    int secondHeight = images.height(imageOf[item]);
    int secondWidth = images.width(imageOf[item]);
    return secondHeight == height && secondWidth == width
        ? Optional.empty()
        : Optional.of(
            ("has " + height + "×" + width + " pixels, but its second image ")
                + (images.name(imageOf[item]) + " has " + secondHeight + "×" + secondWidth));
  }

  @Override
  public boolean needsImages() {
    return true;
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings objects) {
    images.retain();
    return new PairGraph(height, width);
  }

  @Override
  public void retain() {
    images.retain();
  }

  @Override
  public void release() {
    images.release();
  }

  private static final String PREFIX = "second_";
  private static final String SECOND_IMAGE_PREFIX = "second_of";

  private static Map<String, Tensor> tensors(ImageItems images, int[] imageOf) {
    Map<String, Tensor> tensors =
        images.tensors().entrySet().stream()
            .collect(Collectors.toMap(entry -> PREFIX + entry.getKey(), Map.Entry::getValue));
    tensors.put(SECOND_IMAGE_PREFIX, TInt32.vectorOf(imageOf));
    return tensors;
  }

  private final class PairGraph extends TargetGraph {
    private final int height;
    private final int width;

    PairGraph(int height, int width) {
      super(ImageTargets.tensors(images, imageOf));
      this.height = height;
      this.width = width;
    }

    @Override
    public boolean moves() {
      return true;
    }

    @Override
    public List<MapFunction.Value> components() {
      return List.of(new MapFunction.Value("second", TUint8.class, Shape.of(height, width, 3)));
    }

    @Override
    public List<MapFunction.Value> delivered() {
      return List.of(new MapFunction.Value("second", TFloat32.class, Shape.of(height, width, 3)));
    }

    @Override
    public List<Operand<?>> read(
        Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item, Geometry geometry) {
      Operand<TInt32> index =
          tf.gather(arguments.get(SECOND_IMAGE_PREFIX, TInt32.class), item, tf.constant(0));
      Operand<TUint8> image = images.image(tf, arguments.withPrefix(PREFIX), index);
      return List.of(
          resizing == Resizing.NEAREST
              ? NearestPixels.of(tf, image, geometry, height, width)
              : geometry.apply(tf, image));
    }

    @Override
    public List<Operand<?>> finish(Ops tf, List<Operand<?>> batch) {
      return List.of(Images.toFloats(tf, ImageGraph.typed(batch.get(0), TUint8.class)));
    }

    @Override
    public TargetBatch batch(List<Operand<?>> delivered) {
      return new TargetBatch.Images(ImageGraph.typed(delivered.get(0), TFloat32.class));
    }

    @Override
    public void close() {
      tensors().get(SECOND_IMAGE_PREFIX).close();
      images.release();
    }
  }
}
