package dev.recal.tools.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.models.predict.Predictions.Skipped;
import java.io.PrintWriter;
import java.util.List;

/** The files that a model could not use. */
final class SkippedFiles {

  private SkippedFiles() {}

  /**
   * Prints a line for each, and their number.
   *
   * @param all the number of files
   */
  static void print(PrintWriter err, List<Skipped> skipped, int all) {
    skipped.forEach(skip -> err.println("skipped " + skip.file() + ": " + skip.reason()));
    if (!skipped.isEmpty()) {
      err.println(skipped.size() + " of " + all + " files skipped.");
    }
    err.flush();
  }

  static JsonArray toJson(List<Skipped> skipped) {
    JsonArray array = new JsonArray();
    for (Skipped skip : skipped) {
      JsonObject entry = new JsonObject();
      entry.addProperty("file", skip.file().toString());
      entry.addProperty("reason", skip.reason());
      array.add(entry);
    }
    return array;
  }
}
