package dev.recal.tools.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.coco.CocoBox;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.models.detection.DetectedImage;
import dev.recal.models.detection.DetectionModel;
import dev.recal.models.predict.Predictions.Skipped;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The objects in image files as a table or as JSON, collected one image after the other. */
final class ObjectReport {

  private static final String[] COLUMNS = {
    "image", "class", ">score", ">x", ">y", ">width", ">height", ">mask pixels"
  };

  private final DetectionModel model;
  private final String minimum;
  private final Table table = Table.of(COLUMNS);
  private final JsonArray images = new JsonArray();
  private int answered;

  /**
   * An empty report.
   *
   * @param model whose objects they are
   * @param minimumScore for the images without objects
   */
  ObjectReport(DetectionModel model, double minimumScore) {
    this.model = model;
    this.minimum = String.format(Locale.ROOT, "%.2f", minimumScore);
  }

  /**
   * Adds a file.
   *
   * @param image with the objects to show
   */
  void add(Path file, DetectedImage image) {
    answered++;
    JsonArray objects = new JsonArray();
    for (FoundObject object : image.objects()) {
      CocoBox box = object.coco(model.conventions());
      Mask mask = object.pixels(model.conventions(), image.height(), image.width()).orElse(null);
      table.row(
          objects.isEmpty() ? file.toString() : "",
          model.name(object.label()),
          String.format(Locale.ROOT, "%.4f", object.score()),
          pixels(box.x()),
          pixels(box.y()),
          pixels(box.width()),
          pixels(box.height()),
          mask == null ? "" : Integer.toString(mask.area()));
      objects.add(toJson(object, box, mask));
    }
    if (objects.isEmpty()) {
      table.row(file.toString(), "no object of " + minimum + " or more", "", "", "", "", "", "");
    }
    JsonObject entry = new JsonObject();
    entry.addProperty("file", file.toString());
    entry.addProperty("height", image.height());
    entry.addProperty("width", image.width());
    entry.add("objects", objects);
    images.add(entry);
  }

  private static String pixels(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private JsonObject toJson(FoundObject object, CocoBox box, Mask mask) {
    JsonObject entry = new JsonObject();
    entry.addProperty("index", object.label());
    entry.addProperty("label", model.name(object.label()));
    entry.addProperty("score", object.score());
    JsonArray numbers = new JsonArray();
    numbers.add((float) box.x());
    numbers.add((float) box.y());
    numbers.add((float) box.width());
    numbers.add((float) box.height());
    entry.add("bbox", numbers);
    if (mask != null) {
      JsonArray size = new JsonArray();
      size.add(mask.height());
      size.add(mask.width());
      JsonObject runs = new JsonObject();
      runs.add("size", size);
      runs.addProperty("counts", mask.compressed());
      entry.add("segmentation", runs);
    }
    return entry;
  }

  /** Returns the number of images. */
  int answered() {
    return answered;
  }

  /** Prints a row for each object, and the skipped files to the other writer. */
  void print(PrintWriter out, PrintWriter err, List<Skipped> skipped) {
    if (answered > 0) {
      table.print(out);
    }
    out.flush();
    SkippedFiles.print(err, skipped, skipped.size() + answered);
  }

  /** Prints JSON. */
  void printJson(PrintWriter out, List<Skipped> skipped) {
    JsonObject object = new JsonObject();
    object.add("images", images);
    object.add("skipped", SkippedFiles.toJson(skipped));
    Json.print(out, object);
    out.flush();
  }
}
