package dev.recal.models.predict;

import dev.recal.savedmodels.Predictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that a model answers files with.
 *
 * @param answered those that could be decoded, in the given order
 * @param skipped the others
 */
public record NumberPredictions(List<Answer> answered, List<Predictions.Skipped> skipped) {

  private static final int BATCH = 32;

  /**
   * The numbers of a file.
   *
   * @param file the image
   * @param values in the order of the model's names
   */
  public record Answer(Path file, List<Float> values) {

    /** Copies the list. */
    public Answer {
      values = List.copyOf(values);
    }

    static Answer of(Path file, float[] values) {
      List<Float> list = new ArrayList<>();
      for (float value : values) {
        list.add(value);
      }
      return new Answer(file, list);
    }
  }

  /** Copies the lists. */
  public NumberPredictions {
    answered = List.copyOf(answered);
    skipped = List.copyOf(skipped);
  }

  /**
   * Runs a model on files.
   *
   * @param strict whether to fail at the first unusable file
   * @throws IllegalArgumentException if the model does not answer image files with numbers
   * @throws IOException if {@code strict} and a file cannot be used
   */
  public static NumberPredictions of(
      Predictor predictor, List<ImageFiles.ImageFile> files, boolean strict) throws IOException {
    List<Answer> answered = new ArrayList<>();
    List<Predictions.Skipped> skipped =
        new FileBatches(BATCH, predictor.settings().pixels(), strict)
            .run(
                files,
                predictor::numbers,
                (file, values) -> answered.add(Answer.of(file.file(), values)));
    return new NumberPredictions(answered, skipped);
  }
}
