package dev.recal.models.detection;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.graphs.detection.found.ObjectDrawing;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RestoredServable;
import dev.recal.models.predict.FileBatches;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A detector that finds objects in image files: a run of the task {@code detection}, with its best
 * checkpoint, a SavedModel that Recal exported, or another one with a signature whose outputs are
 * those of the TensorFlow Object Detection API.
 *
 * <p>Of a foreign model, boxes end where {@link Conventions#PLAIN} says, and float32 images are
 * given from 0 to 1.
 *
 * <p>Thread-safe. No TensorFlow memory leaves this class, so only the model itself has to be
 * closed.
 */
public final class DetectionModel implements AutoCloseable {

  // Images of other sizes would be padded to the largest of a batch.
  private static final int BATCH = 1;

  private final DetectionSignature signature;
  private final List<String> labels;
  private final Conventions conventions;
  private final long pixels;
  private final Signatures signatures;
  private final Runnable closing;

  /** Calls a signature by its key. */
  private interface Signatures {
    Map<String, TensorValue> call(String key, Map<String, TensorValue> inputs);
  }

  private DetectionModel(
      DetectionSignature signature,
      List<String> labels,
      Conventions conventions,
      long pixels,
      Signatures signatures,
      Runnable closing) {
    this.signature = signature;
    this.labels = List.copyOf(labels);
    this.conventions = conventions;
    this.pixels = pixels;
    this.signatures = signatures;
    this.closing = closing;
  }

  /** Opens a model with the default settings; see {@link #open(Path, PredictorSettings)}. */
  public static DetectionModel open(Path runOrSavedModel) throws IOException {
    return open(runOrSavedModel, PredictorSettings.defaults());
  }

  /**
   * Opens a model.
   *
   * @param runOrSavedModel a run's directory, a SavedModel, or a directory of its versions
   * @param settings its pixels are the maximum of an image; the others are those of SavedModels
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, or not a detector
   */
  public static DetectionModel open(Path runOrSavedModel, PredictorSettings settings)
      throws IOException {
    if (RunDirectory.isAt(runOrSavedModel)) {
      return ofRun(
          RunDirectory.open(runOrSavedModel, DetectionRecipe.class),
          Optional.empty(),
          settings.pixels());
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
  public static DetectionModel ofRun(
      RunDirectory<DetectionRecipe> run, Optional<Path> checkpoint, long pixels)
      throws IOException {
    RestoredServable restored = RestoredServable.open(run, run.checkpoint(checkpoint));
    return new DetectionModel(
        DetectionSignature.own(),
        restored.labels(),
        run.recipe().network().conventions(),
        pixels,
        restored::call,
        restored::close);
  }

  /** Whether a SavedModel finds objects. */
  public static boolean fits(SavedModelDescription model) {
    return DetectionSignature.of(model.signatures()).isPresent();
  }

  /**
   * Uses a loaded SavedModel.
   *
   * @param predictor is closed with this model
   * @throws IOException if the model's metadata is damaged
   * @throws IllegalArgumentException if it is not a detector
   */
  public static DetectionModel of(Predictor predictor) throws IOException {
    SavedModelDescription model = predictor.description();
    DetectionSignature found =
        DetectionSignature.of(model.signatures())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model: "
                            + model.directory()
                            + " is not a detector: none of its signatures takes images and returns '"
                            + DetectionSignature.BOXES
                            + "', '"
                            + DetectionSignature.SCORES
                            + "', '"
                            + DetectionSignature.CLASSES
                            + "' and '"
                            + DetectionSignature.COUNTS
                            + "'; it has "
                            + model.signatures().stream()
                                .map(SignatureDescription::key)
                                .sorted()
                                .toList()
                            + "."));
    return new DetectionModel(
        found,
        model.labels(),
        conventions(model),
        predictor.settings().pixels(),
        predictor::call,
        predictor::close);
  }

  private static Conventions conventions(SavedModelDescription model) throws IOException {
    JsonObject metadata = model.metadata();
    JsonElement word = metadata.get("conventions");
    if (word == null) {
      return Conventions.PLAIN;
    }
    try {
      return Conventions.valueOf(word.getAsString().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException | UnsupportedOperationException | IllegalStateException e) {
      throw new IOException(
          "The metadata of "
              + model.directory()
              + " is damaged: expected known 'conventions' of boxes, but got "
              + word
              + ".",
          e);
    }
  }

  /** Returns the class names in the order of the labels; empty if the model has none. */
  public List<String> labels() {
    return labels;
  }

  /** Returns the name of a label, or its number if it has none. */
  public String name(int label) {
    return drawing().name(label);
  }

  /** Returns what coordinates of boxes mean. */
  public Conventions conventions() {
    return conventions;
  }

  /** Returns a drawing of this model's objects. */
  public ObjectDrawing drawing() {
    return new ObjectDrawing(conventions, labels);
  }

  /**
   * Finds objects in an image file.
   *
   * @param file JPEG, PNG, GIF, BMP, WebP or TIFF
   * @throws IOException if it cannot be read, is not an image or too large
   */
  public DetectedImage detect(Path file) throws IOException {
    try {
      return found(FileBytes.read(file));
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Finds objects in the bytes of an image file.
   *
   * @param file JPEG, PNG, GIF, BMP, WebP or TIFF
   * @throws IllegalArgumentException if it is not an image, or too large
   */
  public DetectedImage detect(byte[] file) {
    try {
      return found(file);
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IllegalArgumentException(
          "file: expected an image, but the file " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Finds objects in image files, one after the other.
   *
   * @param strict whether to fail at the first unusable file
   * @param each gets the answers
   * @return the skipped files
   * @throws IOException if {@code strict} and a file cannot be used, or an answer is not taken
   */
  public List<Predictions.Skipped> detect(
      List<ImageFiles.ImageFile> files, boolean strict, FileBatches.Answers<DetectedImage> each)
      throws IOException {
    return new FileBatches(BATCH, pixels, strict)
        .run(files, images -> List.of(found(images.get(0))), each);
  }

  private DetectedImage found(byte[] file) throws ImageHeader.UnusableImageException {
    byte[] image = ServableImage.bounded(file, pixels);
    ImageHeader header = header(image);
    TensorValue input =
        signature.form() == DetectionSignature.Form.FILES
            ? TensorValue.ofBytes(List.of(image))
            : pixels(image);
    Map<String, TensorValue> outputs;
    try {
      outputs = signatures.call(signature.key(), Map.of(signature.input(), input));
    } catch (IllegalArgumentException refused) {
      // The rest of a file can be damaged behind a sound header.
      if (DecodedImage.of(image, 3).isEmpty()) {
        throw new ImageHeader.UnusableImageException("is not an image that can be decoded");
      }
      throw refused;
    }
    List<FoundObject> objects =
        new DetectionOutputs(outputs, conventions).objects(header.height(), header.width());
    return new DetectedImage(header.height(), header.width(), objects);
  }

  private static ImageHeader header(byte[] image) throws ImageHeader.UnusableImageException {
    try {
      return ImageHeader.read(ByteWindow.of(image));
    } catch (IOException impossible) {
      throw new IllegalStateException("Bytes in memory could not be read.", impossible);
    }
  }

  private TensorValue pixels(byte[] image) throws ImageHeader.UnusableImageException {
    DecodedImage decoded =
        DecodedImage.of(image, 3)
            .orElseThrow(
                () ->
                    new ImageHeader.UnusableImageException("is not an image that can be decoded"));
    byte[] levels = decoded.values();
    long[] shape = {1, decoded.height(), decoded.width(), 3};
    if (signature.form() == DetectionSignature.Form.LEVELS) {
      return TensorValue.of(levels, shape);
    }
    return TensorValue.of(decoded.fractions(), shape);
  }

  @Override
  public void close() {
    closing.run();
  }
}
