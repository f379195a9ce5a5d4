package dev.recal.models.style;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RestoredServable;
import dev.recal.models.predict.FileBatches;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network that gives image files its style: a run of the task {@code style}, with its best
 * checkpoint, or a SavedModel with the signature {@code stylize}.
 *
 * <p>Thread-safe. No TensorFlow memory leaves this class, so only the model itself has to be
 * closed.
 */
public final class StyleModel implements AutoCloseable {

  // Images of a batch would need one size.
  private static final int BATCH = 1;
  private static final String MINIMUM = "minimumSide";

  private final int minimumSide;
  private final long pixels;
  private final Signatures signatures;
  private final Runnable closing;

  /** Calls a signature by its key. */
  private interface Signatures {
    Map<String, TensorValue> call(String key, Map<String, TensorValue> inputs);
  }

  private StyleModel(int minimumSide, long pixels, Signatures signatures, Runnable closing) {
    this.minimumSide = minimumSide;
    this.pixels = pixels;
    this.signatures = signatures;
    this.closing = closing;
  }

  /** Opens a model with the default settings; see {@link #open(Path, PredictorSettings)}. */
  public static StyleModel open(Path runOrSavedModel) throws IOException {
    return open(runOrSavedModel, PredictorSettings.defaults());
  }

  /**
   * Opens a model.
   *
   * @param runOrSavedModel a run's directory, a SavedModel, or a directory of its versions
   * @param settings its pixels are the maximum of an image; the others are those of SavedModels
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, or not a style network
   */
  public static StyleModel open(Path runOrSavedModel, PredictorSettings settings)
      throws IOException {
    if (RunDirectory.isAt(runOrSavedModel)) {
      RunDirectory<StyleRecipe> run = RunDirectory.open(runOrSavedModel, StyleRecipe.class);
      return ofRun(run, Optional.empty(), settings.pixels());
    }
    Predictor predictor = Predictor.open(runOrSavedModel, settings);
    try {
      return of(predictor);
    } catch (IOException | RuntimeException | Error refused) {
      predictor.close();
      throw refused;
    }
  }

  /**
   * Opens a run.
   *
   * @param checkpoint one of the run's; the best one if absent
   * @param pixels the maximum of an image
   * @throws IOException if it cannot be read
   */
  public static StyleModel ofRun(
      RunDirectory<StyleRecipe> run, Optional<Path> checkpoint, long pixels) throws IOException {
    RestoredServable restored = RestoredServable.open(run, run.checkpoint(checkpoint));
    int minimum = run.recipe().network().minimumSide();
    return new StyleModel(minimum, pixels, restored::call, restored::close);
  }

  private static StyleModel of(Predictor predictor) throws IOException {
    SavedModelDescription model = predictor.description();
    List<String> keys =
        model.signatures().stream().map(SignatureDescription::key).sorted().toList();
    if (!keys.contains(StyleServable.STYLIZE)) {
      throw new IllegalArgumentException(
          "model: "
              + model.directory()
              + " is not a style network: it has no signature '"
              + StyleServable.STYLIZE
              + "'; it has "
              + keys
              + ".");
    }
    return new StyleModel(
        minimumSide(model), predictor.settings().pixels(), predictor::call, predictor::close);
  }

  /** Returns the smallest height and width that an exported model takes, of which it knows. */
  static int minimumSide(SavedModelDescription model) throws IOException {
    return model.metadata().has(MINIMUM) ? model.metadata().get(MINIMUM).getAsInt() : 1;
  }

  /**
   * Gives an image file the style.
   *
   * @param file JPEG, PNG, GIF, BMP, WebP or TIFF
   * @throws IOException if it cannot be read, is not an image, too small or too large
   */
  public StylizedImage stylize(Path file, StyleOptions options) throws IOException {
    try {
      return stylized(FileBytes.read(file), options);
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Gives image files the style, one after the other.
   *
   * @param strict whether to fail at the first unusable file
   * @param each gets the results
   * @return the skipped files
   * @throws IOException if {@code strict} and a file cannot be used, or a result is not taken
   */
  public List<Predictions.Skipped> stylize(
      List<ImageFiles.ImageFile> files,
      StyleOptions options,
      boolean strict,
      FileBatches.Answers<StylizedImage> each)
      throws IOException {
    return new FileBatches(BATCH, pixels, strict)
        .run(files, images -> List.of(stylized(images.get(0), options)), each);
  }

  /**
   * Gives pixels the style.
   *
   * @param content row-major, (height, width, 3) in 0–1
   * @param options of which the maximum side is not used
   * @throws IllegalArgumentException if the image is too small
   */
  public StylizedImage stylize(int height, int width, float[] content, StyleOptions options) {
    Arguments.atLeast(minimumSide, "height", height);
    Arguments.atLeast(minimumSide, "width", width);
    TensorValue input = TensorValue.of(content, 1, height, width, StylizedImage.CHANNELS);
    float[] styled =
        signatures
            .call(StyleServable.STYLIZE, Map.of(StyleServable.IMAGES, input))
            .get(StyleServable.STYLIZED)
            .floats();
    float share = (float) options.strength();
    float[] mixed = new float[styled.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = share == 1 ? styled[i] : content[i] + share * (styled[i] - content[i]);
    }
    return new StylizedImage(height, width, mixed);
  }

  private StylizedImage stylized(byte[] file, StyleOptions options)
      throws ImageHeader.UnusableImageException {
    StylizedImage image = StylizedImage.decoded(file, pixels, options.maxSide(), minimumSide);
    return stylize(image.height(), image.width(), image.values(), options);
  }

  @Override
  public void close() {
    closing.run();
  }
}
