package dev.recal.tools.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.models.predict.Prediction;
import dev.recal.models.predict.Predictions;
import dev.recal.savedmodels.Classification;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * The classes of image files as a table or as JSON.
 *
 * @param predictions of a classifier
 */
public record ClassReport(Predictions predictions) {

  /** Prints a row for each class, and the skipped files to the other writer. */
  public void print(PrintWriter out, PrintWriter err) {
    Table table = Table.of("image", ">rank", "class", ">probability");
    for (Prediction prediction : predictions.answered()) {
      int rank = 1;
      for (Classification best : prediction.classes()) {
        table.row(
            rank == 1 ? prediction.file().toString() : "",
            Integer.toString(rank++),
            best.label(),
            String.format(Locale.ROOT, "%.4f", best.probability()));
      }
    }
    if (!predictions.answered().isEmpty()) {
      table.print(out);
    }
    out.flush();
    SkippedFiles.print(
        err, predictions.skipped(), predictions.skipped().size() + predictions.answered().size());
  }

  /** Prints JSON. */
  public void printJson(PrintWriter out) {
    JsonArray images = new JsonArray();
    for (Prediction prediction : predictions.answered()) {
      JsonArray classes = new JsonArray();
      for (Classification one : prediction.classes()) {
        JsonObject entry = new JsonObject();
        entry.addProperty("index", one.index());
        entry.addProperty("label", one.label());
        entry.addProperty("probability", one.probability());
        classes.add(entry);
      }
      JsonObject image = new JsonObject();
      image.addProperty("file", prediction.file().toString());
      image.add("classes", classes);
      images.add(image);
    }
    JsonObject object = new JsonObject();
    object.add("images", images);
    object.add("skipped", SkippedFiles.toJson(predictions.skipped()));
    Json.print(out, object);
    out.flush();
  }
}
