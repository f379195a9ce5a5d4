package dev.recal.models.predict;

import dev.recal.savedmodels.Predictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The predictions for files.
 *
 * @param answered those that could be decoded, in the given order
 * @param skipped the others
 */
public record Predictions(List<Prediction> answered, List<Skipped> skipped) {

  private static final int BATCH = 32;

  /**
   * A skipped file.
   *
   * @param file its path
   * @param named whether a path named it
   * @param reason a sentence
   */
  public record Skipped(Path file, boolean named, String reason) {}

  /** Copies the lists. */
  public Predictions {
    answered = List.copyOf(answered);
    skipped = List.copyOf(skipped);
  }

  /**
   * Runs a model on files.
   *
   * @param topK the number of classes for each file
   * @param strict whether to fail at the first unusable file
   * @throws IllegalArgumentException if the model does not take image files
   * @throws IOException if {@code strict} and a file cannot be used
   */
  public static Predictions of(
      Predictor predictor, List<ImageFiles.ImageFile> files, int topK, boolean strict)
      throws IOException {
    // An unsuitable model should fail once, not for each file.
    predictor.imageSignature();
    List<Prediction> answered = new ArrayList<>();
    List<Skipped> skipped =
        new FileBatches(BATCH, predictor.settings().pixels(), strict)
            .run(
                files,
                images -> predictor.classify(images, topK),
                (file, classes) -> answered.add(new Prediction(file.file(), classes)));
    return new Predictions(answered, skipped);
  }
}
