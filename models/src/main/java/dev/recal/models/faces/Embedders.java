package dev.recal.models.faces;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.serving.EmbedSignature;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.export.RestoredServable;
import dev.recal.ops.Arguments;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** Opens trained networks as {@link Embedder}s. */
public final class Embedders {

  private static final int BATCH = 64;
  private static final int CHANNELS = 3;
  private static final float LEVELS = 255;

  private Embedders() {}

  /** Opens a model with the default settings; see {@link #open(Path, PredictorSettings)}. */
  public static Embedder open(Path runOrSavedModel) throws IOException {
    return open(runOrSavedModel, PredictorSettings.defaults());
  }

  /**
   * Opens a model.
   *
   * @param runOrSavedModel a run's directory, whose best checkpoint is used; a SavedModel with the
   *     signature {@code embed}, or a directory of its versions
   * @param settings of a SavedModel
   * @return to be closed by the caller
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, or computes no embeddings
   */
  public static Embedder open(Path runOrSavedModel, PredictorSettings settings) throws IOException {
    if (RunDirectory.isAt(runOrSavedModel)) {
      return ofRun(
          RunDirectory.open(runOrSavedModel, ClassificationRecipe.class), Optional.empty());
    }
    Predictor predictor = Predictor.open(runOrSavedModel, settings);
    try {
      return of(predictor);
    } catch (RuntimeException | Error refused) {
      predictor.close();
      throw refused;
    }
  }

  /**
   * Opens a run.
   *
   * @param checkpoint one of the run's; the best one if absent
   * @return to be closed by the caller
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if its network learns no embeddings
   */
  public static Embedder ofRun(RunDirectory<ClassificationRecipe> run, Optional<Path> checkpoint)
      throws IOException {
    if (run.recipe().network().embeddingStage().isEmpty()) {
      throw new IllegalArgumentException(
          "run: expected a network that learns embeddings, such as MobileFaceNet, but "
              + run.directory()
              + " trained a "
              + run.recipe().network().getClass().getSimpleName()
              + ".");
    }
    RestoredServable restored = RestoredServable.open(run, run.checkpoint(checkpoint));
    try {
      Shape output = restored.outputShape(EmbedSignature.EMBED, EmbedSignature.EMBEDDINGS);
      return new SignatureEmbedder(
          run.recipe().data().imageSize(),
          Math.toIntExact(output.get(1)),
          inputs -> restored.call(EmbedSignature.EMBED, inputs),
          restored::close);
    } catch (RuntimeException | Error failure) {
      restored.close();
      throw failure;
    }
  }

  private static Embedder of(Predictor predictor) {
    SavedModelDescription model = predictor.description();
    SignatureDescription embed =
        model.signatures().stream()
            .filter(signature -> signature.key().equals(EmbedSignature.EMBED))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        model,
                        "has no signature '"
                            + EmbedSignature.EMBED
                            + "'; it has "
                            + model.signatures().stream().map(SignatureDescription::key).toList()));
    TensorDescription images = embed.inputs().get(EmbedSignature.IMAGES);
    TensorDescription rows = embed.outputs().get(EmbedSignature.EMBEDDINGS);
    if (images == null || embed.inputs().size() > 1 || rows == null) {
      throw refused(
          model,
          "has a signature '"
              + EmbedSignature.EMBED
              + "' with other inputs and outputs than '"
              + EmbedSignature.IMAGES
              + "' and '"
              + EmbedSignature.EMBEDDINGS
              + "'");
    }
    if (!isImages(images) || !isRows(rows)) {
      throw refused(
          model,
          "has a signature '"
              + EmbedSignature.EMBED
              + "' from "
              + images
              + " to "
              + rows
              + " instead of square float32 images (N, H, H, 3) to float32 rows (N, D)");
    }
    return new SignatureEmbedder(
        Math.toIntExact(images.shape().get(1)),
        Math.toIntExact(rows.shape().get(1)),
        inputs -> predictor.call(EmbedSignature.EMBED, inputs),
        predictor::close);
  }

  private static boolean isImages(TensorDescription images) {
    Shape shape = images.shape();
    return images.type() == DataType.DT_FLOAT
        && shape.numDimensions() == 4
        && shape.get(1) > 0
        && shape.get(1) == shape.get(2)
        && shape.get(3) == CHANNELS;
  }

  private static boolean isRows(TensorDescription rows) {
    return rows.type() == DataType.DT_FLOAT
        && rows.shape().numDimensions() == 2
        && rows.shape().get(1) > 0;
  }

  private static IllegalArgumentException refused(SavedModelDescription model, String reason) {
    return new IllegalArgumentException(
        "model: " + model.directory() + " computes no embeddings: it " + reason + ".");
  }

  /** Calls the signature. */
  @FunctionalInterface
  private interface Signature {
    Map<String, TensorValue> call(Map<String, TensorValue> inputs);
  }

  private record SignatureEmbedder(
      int imageSize, int dimensions, Signature signature, Runnable closing) implements Embedder {

    @Override
    public float[][] embed(List<DecodedImage> images) {
      Arguments.require(!images.isEmpty(), "images", "at least one", 0);
      for (int i = 0; i < images.size(); i++) {
        requireFit(images.get(i), i);
      }
      List<float[]> rows = new ArrayList<>();
      for (int from = 0; from < images.size(); from += BATCH) {
        addRows(images.subList(from, Math.min(images.size(), from + BATCH)), rows);
      }
      return rows.toArray(float[][]::new);
    }

    private void requireFit(DecodedImage image, int index) {
      boolean fits =
          image.height() == imageSize && image.width() == imageSize && image.channels() == CHANNELS;
      if (!fits) {
        throw new IllegalArgumentException(
            "images: expected "
                + (imageSize + "×" + imageSize + " pixels with 3 channels, but image " + index)
                + (" has " + image.width() + "×" + image.height() + " pixels with ")
                + (image.channels() + "."));
      }
    }

    private void addRows(List<DecodedImage> images, List<float[]> rows) {
      float[] pixels = new float[images.size() * imageSize * imageSize * CHANNELS];
      int at = 0;
      for (DecodedImage image : images) {
        for (byte value : image.values()) {
          pixels[at++] = (value & 0xFF) / LEVELS;
        }
      }
      TensorValue input = TensorValue.of(pixels, images.size(), imageSize, imageSize, CHANNELS);
      float[] found =
          signature
              .call(Map.of(EmbedSignature.IMAGES, input))
              .get(EmbedSignature.EMBEDDINGS)
              .floats();
      for (int i = 0; i < images.size(); i++) {
        float[] row = new float[dimensions];
        System.arraycopy(found, i * dimensions, row, 0, dimensions);
        rows.add(row);
      }
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
