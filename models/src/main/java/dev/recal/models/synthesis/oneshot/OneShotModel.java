package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.metrics.FeatureMapSource;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotMeasurement;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotReport;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.synthesis.oneshot.training.RestoredPyramid;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.ops.Arguments;
import dev.recal.ops.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A trained pyramid of generators of one image: a run, with its best checkpoint, or a SavedModel
 * that Recal exported.
 *
 * <p>Images are in −1..1. Scales are numbered from 0, the smallest. An image may have up to {@link
 * PyramidServable#MAX_PIXELS}. Equal arguments give equal images.
 */
public final class OneShotModel implements AutoCloseable {

  private static final String IMAGES = PyramidServable.IMAGES;

  private final OneShotRecipe recipe;
  private final PyramidCalls calls;

  private OneShotModel(OneShotRecipe recipe, PyramidCalls calls) {
    this.recipe = recipe;
    this.calls = calls;
  }

  /**
   * Opens a run's directory, whose training image must be where it was, or a SavedModel.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, of another task, or a run that has not
   *     trained its last scale to the end
   */
  public static OneShotModel open(Path runOrSavedModel) throws IOException {
    if (RunDirectory.isAt(runOrSavedModel)) {
      RunDirectory<OneShotRecipe> run = RunDirectory.open(runOrSavedModel, OneShotRecipe.class);
      return new OneShotModel(run.recipe(), RestoredPyramid.open(run, Optional.empty()));
    }
    SavedModelPyramid model = SavedModelPyramid.open(runOrSavedModel);
    return new OneShotModel(model.recipe(), model);
  }

  /** Returns the recipe that it was trained with. */
  public OneShotRecipe recipe() {
    return recipe;
  }

  /** Returns the sizes of the scales; the largest has that of the training image. */
  public Pyramid pyramid() {
    return calls.pyramid();
  }

  /** Returns the channels of the images: 1 for a grey training image, otherwise 3. */
  public int channels() {
    return calls.channels();
  }

  /**
   * Returns the sizes of the scales of an image of another size.
   *
   * @throws IllegalArgumentException if it exceeds a call's memory
   */
  public Pyramid sizes(int height, int width) {
    PyramidServable.requirePixels("size", height, width);
    return new Pyramid(height, width, pyramid().scales(), pyramid().factor());
  }

  /** Generates images; see {@link #generate(PyramidCalls.Samples, Consumer)}. */
  public List<OneShotImage> generate(long seed, int count, int height, int width, int startScale) {
    List<OneShotImage> images = new ArrayList<>();
    generate(new PyramidCalls.Samples(seed, count, height, width, startScale), images::add);
    return images;
  }

  /**
   * Generates images, a few in a call.
   *
   * @param each gets the images one by one
   * @throws IllegalArgumentException if the scale does not exist, or an image has too many pixels
   */
  public void generate(PyramidCalls.Samples samples, Consumer<OneShotImage> each) {
    calls.generate(
        samples,
        images -> {
          for (int i = 0; i < images.count(); i++) {
            each.accept(image(images, i));
          }
        });
  }

  /** Returns the image that the fixed noise gives, which the generators were trained to restore. */
  public OneShotImage reconstruct() {
    return image(reconstruction(IMAGES), 0);
  }

  /** Returns the training image at the largest scale. */
  public OneShotImage original() {
    return image(calls.original(), 0);
  }

  /** Returns the noise that the training image is reconstructed from. */
  public NoiseMaps fixedNoise() {
    return NoiseMaps.fixed(pyramid(), channels(), reconstruction("noise"));
  }

  private PyramidMaps reconstruction(String output) {
    return calls.call("reconstruct", output, Map.of("amplitude", 1f), Map.of());
  }

  /**
   * Generates an image from noise of all scales.
   *
   * @param noise of this model's channels
   * @return an image of the size of the largest scale of the noise
   */
  public OneShotImage generateFromNoise(NoiseMaps noise) {
    PyramidServable.requirePixels("size", noise.sizes().height(), noise.sizes().width());
    Map<String, PyramidMaps> maps = new LinkedHashMap<>();
    for (int scale = 0; scale < noise.maps().size(); scale++) {
      maps.put("noise" + scale, noise.maps().get(scale));
    }
    return image(calls.call("generate_from_noise", IMAGES, Map.of(), maps), 0);
  }

  /**
   * Reduces an image to the scale below the start, enlarges it again, and refines it by all scales
   * from the start on.
   *
   * @param image of this model's channels and any size
   * @param startScale at least 1
   * @param seed of the noise
   * @return an image of the same size
   */
  public OneShotImage refine(OneShotImage image, int startScale, long seed) {
    requireStart(startScale);
    PyramidServable.requirePixels("image", image.height(), image.width());
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("seed", seed);
    numbers.put("start_scale", startScale);
    return image(calls.call("refine", IMAGES, numbers, Map.of(IMAGES, maps(image))), 0);
  }

  /**
   * Rejects scales that images cannot be injected at.
   *
   * @throws IllegalArgumentException if there is no such scale, or none below it
   */
  public void requireStart(int startScale) {
    int last = pyramid().last();
    Arguments.require(
        startScale >= 1 && startScale <= last, "startScale", "from 1 to " + last, startScale);
  }

  /**
   * Enlarges an image and applies the last generator to it, once.
   *
   * @param image of this model's channels and any size
   * @param factor the enlargement
   * @param seed of the noise
   * @return an image whose sizes are rounded up
   * @see SuperResolution
   */
  public OneShotImage enlarge(OneShotImage image, double factor, long seed) {
    Arguments.positive("factor", factor);
    PyramidServable.requirePixels(
        "factor",
        (long) Math.ceil(image.height() * factor),
        (long) Math.ceil(image.width() * factor));
    Map<String, Number> numbers = new LinkedHashMap<>();
    numbers.put("seed", seed);
    numbers.put("factor", (float) factor);
    return image(calls.call("enlarge", IMAGES, numbers, Map.of(IMAGES, maps(image))), 0);
  }

  /**
   * Measures generated images of the training image's size.
   *
   * @param features not closed by this method
   * @param seed of the images
   * @param count at least two
   * @param startScale the scale at which randomness begins
   * @param done is told the number of measured images
   */
  public OneShotReport evaluate(
      FeatureMapSource features, long seed, int count, int startScale, IntConsumer done) {
    return OneShotMeasurement.of(features, calls, seed, count, startScale, done);
  }

  private static OneShotImage image(PyramidMaps maps, int index) {
    return OneShotImage.ofUnit(maps.height(), maps.width(), maps.channels(), maps.map(index));
  }

  private PyramidMaps maps(OneShotImage image) {
    Arguments.require(
        image.channels() == channels(),
        "image",
        "an image of " + Counted.of(channels(), "channel"),
        image.channels());
    return new PyramidMaps(1, image.height(), image.width(), image.channels(), image.unit());
  }

  @Override
  public void close() {
    calls.close();
  }
}
