package dev.recal.tools.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.models.predict.NumberPredictions;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The numbers of image files as a table or as JSON.
 *
 * @param names of the numbers
 * @param predictions of a model
 */
public record NumberReport(List<String> names, NumberPredictions predictions) {

  /** Copies the names. */
  public NumberReport {
    names = List.copyOf(names);
  }

  /** Prints a row for each number, and the skipped files to the other writer. */
  public void print(PrintWriter out, PrintWriter err) {
    Table table = Table.of("image", "number", ">value");
    for (NumberPredictions.Answer answer : predictions.answered()) {
      for (int i = 0; i < answer.values().size(); i++) {
        table.row(
            i == 0 ? answer.file().toString() : "",
            names.get(i),
            String.format(Locale.ROOT, "%.6g", answer.values().get(i)));
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
    for (NumberPredictions.Answer answer : predictions.answered()) {
      JsonObject values = new JsonObject();
      for (int i = 0; i < answer.values().size(); i++) {
        values.addProperty(names.get(i), answer.values().get(i));
      }
      JsonObject image = new JsonObject();
      image.addProperty("file", answer.file().toString());
      image.add("values", values);
      images.add(image);
    }
    JsonObject object = new JsonObject();
    object.add("images", images);
    object.add("skipped", SkippedFiles.toJson(predictions.skipped()));
    Json.print(out, object);
    out.flush();
  }
}
