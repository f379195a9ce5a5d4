package dev.recal.models.style;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.style.ArbitraryStyleServable;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.training.ArbitraryStyleRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RestoredServable;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
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

  private static final int CHANNELS = 3;

  private final long pixels;
  private final Signatures signatures;
  private final Runnable closing;

  /** Calls a signature by its key. */
  private interface Signatures {
    Map<String, TensorValue> call(String key, Map<String, TensorValue> inputs);
  }

  private ArbitraryStyleModel(long pixels, Signatures signatures, Runnable closing) {
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
      RestoredServable restored = RestoredServable.open(run, run.checkpoint(Optional.empty()));
      return new ArbitraryStyleModel(settings.pixels(), restored::call, restored::close);
    }
    Predictor predictor = Predictor.open(runOrSavedModel, settings);
    boolean fits =
        predictor.description().signatures().stream()
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
    return new ArbitraryStyleModel(settings.pixels(), predictor::call, predictor::close);
  }

  /**
   * Reads an image file, upright and reduced.
   *
   * @param maxSide the maximum of the longer side; empty for none
   * @throws IOException if it cannot be read, is not an image or too large
   */
  public StylizedImage read(Path file, Optional<Integer> maxSide) throws IOException {
    try {
      DecodedImage stored =
          DecodedImage.of(ServableImage.bounded(FileBytes.read(file), pixels), CHANNELS)
              .orElseThrow(
                  () -> new IOException("File " + file + " is not an image that can be decoded."));
      int longer = Math.max(stored.height(), stored.width());
      DecodedImage image =
          maxSide.filter(side -> side < longer).map(stored::withLongerSide).orElse(stored);
      return new StylizedImage(image.height(), image.width(), image.fractions());
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Gives an image the style of another one.
   *
   * @param strength 0 for the image's own features, 1 for the style's moments
   * @return an image of the content's size
   * @throws IllegalArgumentException if an image is too small for the network
   */
  public StylizedImage stylize(StylizedImage content, StylizedImage style, double strength) {
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

  private static TensorValue tensor(StylizedImage image) {
    return TensorValue.of(image.values(), 1, image.height(), image.width(), CHANNELS);
  }

  @Override
  public void close() {
    closing.run();
  }
}
