package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.Seeds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A trained pyramid whose signatures are called with Java values: a restored run or a loaded
 * SavedModel. See {@link PyramidServable} for the signatures. Images are in 0–1.
 */
public interface PyramidCalls extends AutoCloseable {

  // Limits the memory of a call's maps.
  private static int perCall(int height, int width) {
    return Math.toIntExact(Math.max(1, Math.min(8, (1L << 19) / ((long) height * width))));
  }

  /** Returns the sizes of the scales. */
  Pyramid pyramid();

  /** Returns the channels of the images, 1 or 3. */
  int channels();

  /**
   * Calls a signature.
   *
   * @param output the name of the output
   * @param numbers inputs that are scalars: {@code Long} for int64, {@code Integer} for int32,
   *     {@code Float} for float32
   * @param maps inputs of rank 4
   */
  PyramidMaps call(
      String signature, String output, Map<String, Number> numbers, Map<String, PyramidMaps> maps);

  /**
   * What to generate.
   *
   * @param seed equal seeds give equal images; a larger count adds images
   * @param count number of images
   * @param height in pixels
   * @param width in pixels
   * @param startScale the scale at which randomness begins; scales below it keep the layout of the
   *     training image, stretched to the size
   */
  record Samples(long seed, int count, int height, int width, int startScale) {

    /** Rejects numbers below 1 and negative scales. */
    public Samples {
      Arguments.atLeast(1, "count", count);
      Arguments.atLeast(1, "height", height);
      Arguments.atLeast(1, "width", width);
      Arguments.atLeast(0, "startScale", startScale);
    }
  }

  /**
   * Generates images by the signature {@code generate}, up to eight in a call. The images of the
   * first call have the seed itself, and those of further ones a seed that is derived from it.
   *
   * @param each gets (n, height, width, channels) in 0–1, call by call
   * @throws IllegalArgumentException if the scale does not exist, or an image has more than {@link
   *     PyramidServable#MAX_PIXELS}
   */
  default void generate(Samples samples, Consumer<PyramidMaps> each) {
    pyramid().requireScale("startScale", samples.startScale());
    PyramidServable.requirePixels("size", samples.height(), samples.width());
    int most = perCall(samples.height(), samples.width());
    for (int from = 0; from < samples.count(); from += most) {
      Map<String, Number> numbers = new LinkedHashMap<>();
      long seed = samples.seed();
      numbers.put("seed", from == 0 ? seed : Seeds.derive(seed, "one-shot images " + from / most));
      numbers.put("count", Math.min(most, samples.count() - from));
      numbers.put("height", samples.height());
      numbers.put("width", samples.width());
      numbers.put("start_scale", samples.startScale());
      each.accept(call("generate", PyramidServable.IMAGES, numbers, Map.of()));
    }
  }

  /** Returns the training image at the largest scale, (1, H, W, C) in 0–1. */
  default PyramidMaps original() {
    return call("reconstruct", "original", Map.of("amplitude", 1f), Map.of());
  }

  @Override
  void close();
}
