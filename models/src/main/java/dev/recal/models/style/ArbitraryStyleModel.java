package dev.recal.models.style;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.style.ArbitraryStyleServable;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.training.ArbitraryStyleRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RestoredServable;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A network that gives image files the styles of others: a run of the task {@code arbitrary-style},
 * with its best checkpoint, or a SavedModel with the signature {@code stylize_as}.
 *
 * <p>Thread-safe. No TensorFlow memory leaves this class, so only the model itself has to be
 * closed.
 */
public final class ArbitraryStyleModel implements AutoCloseable {

  private final Path source;
  private final int minimumSide;
  private final long pixels;
  private final Signatures signatures;
  private final Runnable closing;

  /** Calls a signature by its key. */
  private interface Signatures {
    Map<String, TensorValue> call(String key, Map<String, TensorValue> inputs);
  }

  private ArbitraryStyleModel(
      Path source, int minimumSide, long pixels, Signatures signatures, Runnable closing) {
    this.source = source;
    this.minimumSide = minimumSide;
    this.pixels = pixels;
    this.signatures = signatures;
    this.closing = closing;
  }

  /**
   * Opens a model.
   *
   * @param runOrSavedModel a run's directory, a SavedModel, or a directory of its versions
   * @param settings its pixels are the maximum of an image; the others are those of SavedModels
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, or not such a network
   */
  public static ArbitraryStyleModel open(Path runOrSavedModel, PredictorSettings settings)
      throws IOException {
    if (RunDirectory.isAt(runOrSavedModel)) {
      RunDirectory<ArbitraryStyleRecipe> run =
          RunDirectory.open(runOrSavedModel, ArbitraryStyleRecipe.class);
      Path checkpoint = run.checkpoint(Optional.empty());
      RestoredServable restored = RestoredServable.open(run, checkpoint);
      return new ArbitraryStyleModel(
          checkpoint,
          run.recipe().network().minimumSide(),
          settings.pixels(),
          restored::call,
          restored::close);
    }
    Predictor predictor = Predictor.open(runOrSavedModel, settings);
    SavedModelDescription model = predictor.description();
    boolean fits =
        model.signatures().stream()
            .anyMatch(known -> known.key().equals(ArbitraryStyleServable.STYLIZE_AS));
    if (!fits) {
      predictor.close();
      throw new IllegalArgumentException(
          "model: "
              + runOrSavedModel
              + " is not a network for arbitrary styles: it has no signature '"
              + ArbitraryStyleServable.STYLIZE_AS
              + "'.");
    }
    return new ArbitraryStyleModel(
        model.directory(),
        StyleModel.minimumSide(model),
        settings.pixels(),
        predictor::call,
        predictor::close);
  }

  /** Returns the path of the checkpoint or SavedModel. */
  public Path source() {
    return source;
  }

  /**
   * Reads an image file, upright and reduced.
   *
   * @param maxSide the maximum of the longer side; empty for none
   * @throws IOException if it cannot be read, is not an image, too small or too large
   */
  public StylizedImage read(Path file, Optional<Integer> maxSide) throws IOException {
    try {
      return read(FileBytes.read(file), maxSide);
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Decodes an image file, upright and reduced.
   *
   * @param file of any format
   * @param maxSide the maximum of the longer side; empty for none
   * @throws ImageHeader.UnusableImageException if it is not an image, too small or too large; the
   *     message is the end of a sentence that begins with its name
   */
  public StylizedImage read(byte[] file, Optional<Integer> maxSide)
      throws ImageHeader.UnusableImageException {
    return StylizedImage.decoded(file, pixels, maxSide, minimumSide);
  }

  /**
   * Gives an image the style of another one.
   *
   * @param strength 0 for the image's own features, 1 for the style's moments
   * @return an image of the content's size
   * @throws IllegalArgumentException if an image is too small for the network
   */
  public StylizedImage stylize(StylizedImage content, StylizedImage style, double strength) {
    requireSize("content", content);
    requireSize("style", style);
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    inputs.put(StyleServable.IMAGES, tensor(content));
    inputs.put(ArbitraryStyleServable.STYLES, tensor(style));
    inputs.put(
        ArbitraryStyleServable.STRENGTH,
        TensorValue.of(new float[] {(float) strength}, new long[0]));
    float[] values =
        signatures
            .call(ArbitraryStyleServable.STYLIZE_AS, inputs)
            .get(StyleServable.STYLIZED)
            .floats();
    return new StylizedImage(content.height(), content.width(), values);
  }

  private void requireSize(String name, StylizedImage image) {
    Arguments.atLeast(minimumSide, name + "'s height", image.height());
    Arguments.atLeast(minimumSide, name + "'s width", image.width());
  }

  private static TensorValue tensor(StylizedImage image) {
    return TensorValue.of(image.values(), 1, image.height(), image.width(), StylizedImage.CHANNELS);
  }

  @Override
  public void close() {
    closing.run();
  }
}
