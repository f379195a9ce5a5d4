package dev.recal.spark;

import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Classifies the images of a folder in one process, and prints the number for each second. */
final class PredictorThroughput {

  private static final int BATCH = 32;

  private PredictorThroughput() {}

  /**
   * Runs.
   *
   * @param arguments model, folder, threads
   */
  public static void main(String[] arguments) throws IOException {
    List<ImageFiles.ImageFile> files = ImageFiles.find(List.of(Path.of(arguments[1])));
    PredictorSettings settings =
        new PredictorSettings(BATCH, false, Integer.parseInt(arguments[2]));
    long started = System.nanoTime();
    try (Predictor predictor = Predictor.open(Path.of(arguments[0]), settings)) {
      Predictions.of(predictor, files, 5, true);
      System.out.println(files.size() / ((System.nanoTime() - started) / 1e9));
    }
  }
}
