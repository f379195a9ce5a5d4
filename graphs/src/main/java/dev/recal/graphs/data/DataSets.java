package dev.recal.graphs.data;

import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.FeatureItems;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.items.PixelItems;
import dev.recal.graphs.data.items.Pixels;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.targets.ImageTargets;
import dev.recal.graphs.data.targets.NoTargets;
import dev.recal.graphs.data.targets.TargetStore;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.tensorflow.ndarray.Shape;

/**
 * Data sets from Java values: images or arrays of numbers, with targets of any kind, without files
 * of a certain layout.
 *
 * <pre>{@code
 * DataSet line =
 *     DataSets.ofFeatures("line", features, NumberTargets.of(List.of("y"), values));
 * DataSet pets =
 *     DataSets.collect("pets", samples, labels -> ClassTargets.of(List.of("cat", "dog"), labels));
 * }</pre>
 *
 * <p>A set takes over its targets, whether it can be made or not.
 */
public final class DataSets {

  private DataSets() {}

  /** {@link #of(String, List, TargetStore, OpenSettings)} with the defaults. */
  public static DataSet of(String name, List<SampleImage> images, TargetStore targets)
      throws IOException {
    return of(name, images, targets, OpenSettings.defaults());
  }

  /**
   * Makes a set of images, which may differ in size. Their names are their numbers from 0 on.
   *
   * @param name of the set, for messages
   * @param images pixels, files or contents of files
   * @param targets one for each image
   * @param settings how closely images are checked, and what becomes of unusable ones
   * @return a set, to be closed by the caller
   * @throws IllegalArgumentException if there are no usable images, or targets do not fit
   * @throws IOException if a file cannot be read, or an image is unusable and settings are strict
   */
  public static DataSet of(
      String name, List<SampleImage> images, TargetStore targets, OpenSettings settings)
      throws IOException {
    return of(name, numbers(images.size()), images, targets, settings);
  }

  /** Makes the targets of a set from its samples'. */
  @FunctionalInterface
  public interface Column<T> {

    /**
     * Makes the targets.
     *
     * @param values in the order of the samples
     * @throws IOException if an image among them cannot be read
     */
    TargetStore of(List<T> values) throws IOException;
  }

  /** {@link #collect(String, Iterator, Column, OpenSettings)} with the defaults. */
  public static <T> DataSet collect(String name, Iterator<Sample<T>> samples, Column<T> targets)
      throws IOException {
    return collect(name, samples, targets, OpenSettings.defaults());
  }

  /**
   * Makes a set of all samples that an iterator gives.
   *
   * @param name of the set, for messages
   * @param samples images and targets; read to its end and kept in memory, but for files
   * @param targets makes one column of the samples' targets
   * @param settings how closely images are checked, and what becomes of unusable ones
   * @return a set, to be closed by the caller
   * @throws IllegalArgumentException if there are no usable images, or targets do not fit
   * @throws IOException if a file cannot be read, or an image is unusable and settings are strict
   */
  public static <T> DataSet collect(
      String name, Iterator<Sample<T>> samples, Column<T> targets, OpenSettings settings)
      throws IOException {
    List<String> names = new ArrayList<>();
    List<SampleImage> images = new ArrayList<>();
    List<T> values = new ArrayList<>();
    while (samples.hasNext()) {
      Sample<T> sample = samples.next();
      names.add(sample.name());
      images.add(sample.image());
      values.add(sample.target());
    }
    return of(name, names, images, targets.of(values), settings);
  }

  /**
   * Makes a set of vectors of numbers.
   *
   * @param name of the set, for messages
   * @param features for each item as many finite numbers as for the others
   * @param targets one for each item
   * @return a set, to be closed by the caller
   */
  public static DataSet ofFeatures(String name, float[][] features, TargetStore targets)
      throws IOException {
    int length = features.length == 0 ? 0 : features[0].length;
    FloatBuffer all = FloatBuffer.allocate(Math.multiplyExact(features.length, length));
    for (int item = 0; item < features.length; item++) {
      if (features[item].length != length) {
        targets.release();
        throw new IllegalArgumentException(
            ("features: item " + item + ": expected " + length + " numbers as item 0 has, but got ")
                + (features[item].length + "."));
      }
      all.put(features[item]);
    }
    return ofFeatures(name, Shape.of(length), all.array(), targets);
  }

  /**
   * Makes a set of arrays of numbers.
   *
   * @param name of the set, for messages
   * @param shape of one item
   * @param values finite numbers, item after item
   * @param targets one for each item
   * @return a set, to be closed by the caller
   */
  public static DataSet ofFeatures(String name, Shape shape, float[] values, TargetStore targets)
      throws IOException {
    try {
      if (shape.hasUnknownDimension() || shape.size() < 1) {
        throw new IllegalArgumentException(
            "shape: expected at least one number an item, but got " + shape + ".");
      }
      int length = Math.toIntExact(shape.size());
      if (values.length % length != 0) {
        throw new IllegalArgumentException(
            ("values: expected a multiple of the " + length + " numbers of an item, but got ")
                + (values.length + "."));
      }
      requireFinite(values, length);
      if (targets.needsImages()) {
        throw new IllegalArgumentException(
            "targets: expected targets without places in an image, but got "
                + (targets.description() + "."));
      }
      Digest digest = new Digest().add("features").addAll(shape.toListOrNull(), String::valueOf);
      return new DataSetAssembly(name, OpenSettings.defaults())
          .decoded(
              targets,
              new FeatureItems(numbers(values.length / length), shape, values),
              digest.add(values));
    } catch (IOException | RuntimeException e) {
      targets.release();
      throw e;
    }
  }

  private static void requireFinite(float[] values, int length) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            ("features: item " + i / length + ": expected finite numbers, but got " + values[i])
                + (" at index " + i % length + "."));
      }
    }
  }

  /**
   * Makes targets of second images. Unlike first ones, none may be unusable.
   *
   * @param images in the order of the first images, each of its size
   * @param resizing how they are brought to the size of a batch
   * @throws IOException if one cannot be read or decoded
   */
  public static ImageTargets secondImages(List<SampleImage> images, ImageTargets.Resizing resizing)
      throws IOException {
    OpenSettings strict =
        OpenSettings.defaults().withStrict(true).withValidation(Validation.DECODE);
    try (DataSet set = of("second images", images, new NoTargets(images.size()), strict)) {
      List<String> contents = new ArrayList<>();
      for (SampleImage image : images) {
        byte[] bytes = image.bytes();
        contents.add(bytes.length + " " + checksum(bytes));
      }
      ImageItems items = set.images();
      items.retain();
      return ImageTargets.of(items, contents, resizing);
    }
  }

  private static DataSet of(
      String name,
      List<String> names,
      List<SampleImage> images,
      TargetStore targets,
      OpenSettings settings)
      throws IOException {
    try {
      DataSetAssembly.requireTargets(targets, images.size());
      DataSetAssembly assembly = new DataSetAssembly(name, settings);
      return sameSize(images, settings)
          ? inMemory(assembly, names, images, targets)
          : encoded(assembly, names, images, targets);
    } catch (IOException | RuntimeException e) {
      targets.release();
      throw e;
    }
  }

  private static boolean sameSize(List<SampleImage> images, OpenSettings settings) {
    if (images.isEmpty() || !(images.get(0) instanceof SampleImage.PixelArray first)) {
      return false;
    }
    return Pixels.fits(images.size(), first.height(), first.width(), settings.memoryLimitBytes())
        && images.stream()
            .allMatch(
                image ->
                    image instanceof SampleImage.PixelArray array
                        && array.height() == first.height()
                        && array.width() == first.width());
  }

  private static DataSet inMemory(
      DataSetAssembly assembly, List<String> names, List<SampleImage> images, TargetStore targets)
      throws IOException {
    SampleImage.PixelArray first = (SampleImage.PixelArray) images.get(0);
    Pixels pixels = new Pixels(images.size(), first.height(), first.width());
    Digest digest = new Digest().add(first.height()).add(first.width());
    for (int i = 0; i < images.size(); i++) {
      byte[] rgb = ((SampleImage.PixelArray) images.get(i)).rgb();
      pixels.write(i, rgb, 0, rgb.length);
      digest.add(names.get(i)).add(rgb, rgb.length);
    }
    return assembly.decoded(targets, new PixelItems(names, pixels), digest);
  }

  private static DataSet encoded(
      DataSetAssembly assembly, List<String> names, List<SampleImage> images, TargetStore targets)
      throws IOException {
    boolean files = images.stream().allMatch(image -> image instanceof SampleImage.ImageFile);
    List<Candidate> candidates = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      try {
        if (files) {
          candidates.add(ofFile(names.get(i), (SampleImage.ImageFile) images.get(i), i));
        } else {
          byte[] bytes = ServableImage.converted(images.get(i).bytes());
          ImageHeader header = ImageHeader.read(ByteWindow.of(bytes));
          candidates.add(new Candidate(names.get(i), 0, bytes.length, checksum(bytes), header, i));
          contents.add(bytes);
        }
      } catch (ImageHeader.UnusableImageException e) {
        assembly.skip(names.get(i), e.getMessage());
        contents.add(new byte[0]);
      }
    }
    int[] usable = candidates.stream().mapToInt(Candidate::handle).toArray();
    return assembly.encoded(
        targets.choose(usable),
        candidates,
        chosen ->
            files
                ? ByteStore.Files.of(chosen.stream().map(c -> path(images, c)).toList())
                : ByteStore.Memory.of(chosen.stream().map(c -> contents.get(c.handle())).toList()));
  }

  private static String path(List<SampleImage> images, Candidate candidate) {
    return ((SampleImage.ImageFile) images.get(candidate.handle())).path().toString();
  }

  private static Candidate ofFile(String name, SampleImage.ImageFile image, int handle)
      throws IOException, ImageHeader.UnusableImageException {
    try (FileChannel channel = FileChannel.open(image.path())) {
      ImageHeader header = ImageHeader.read(ByteWindow.of(channel));
      return new Candidate(name, 0, channel.size(), 0, header, handle);
    }
  }

  private static long checksum(byte[] bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return checksum.getValue();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }
}
