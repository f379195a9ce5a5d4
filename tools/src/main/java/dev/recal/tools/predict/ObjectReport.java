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
import java.util.Optional;

/** The objects in image files as a table or as JSON, collected one image after the other. */
final class ObjectReport {

  private static final String[] COLUMNS = {
    "image", "class", ">score", ">x", ">y", ">width", ">height", ">mask pixels"
  };

  private final DetectionModel model;
  private final String minimum;
  private final boolean json;
  private final Table table = Table.of(COLUMNS);
  private final JsonArray images = new JsonArray();
  private int answered;

  /**
   * An empty report.
   *
   * @param model whose objects they are
   * @param minimumScore for the images without objects
   * @param json whether it is printed as JSON
   */
  ObjectReport(DetectionModel model, double minimumScore, boolean json) {
    this.model = model;
    this.json = json;
    this.minimum = String.format(Locale.ROOT, "%.2f", minimumScore);
  }

  /**
   * Adds a file.
   *
   * @param image with the objects to show
   */
  void add(Path file, DetectedImage image) {
    answered++;
    if (json) {
      addJson(file, image);
    } else {
      addRows(file, image);
    }
  }

  private void addRows(Path file, DetectedImage image) {
    String name = file.toString();
    for (FoundObject object : image.objects()) {
      CocoBox box = object.coco(model.conventions());
      table.row(
          name,
          model.name(object.label()),
          String.format(Locale.ROOT, "%.4f", object.score()),
          pixels(box.x()),
          pixels(box.y()),
          pixels(box.width()),
          pixels(box.height()),
          mask(object, image).map(mask -> Integer.toString(mask.area())).orElse(""));
      name = "";
    }
    if (image.objects().isEmpty()) {
      table.row(name, "no object of " + minimum + " or more", "", "", "", "", "", "");
    }
  }

  private void addJson(Path file, DetectedImage image) {
    JsonArray objects = new JsonArray();
    image
        .objects()
        .forEach(
            object ->
                objects.add(toJson(object, object.coco(model.conventions()), mask(object, image))));
    JsonObject entry = new JsonObject();
    entry.addProperty("file", file.toString());
    entry.addProperty("height", image.height());
    entry.addProperty("width", image.width());
    entry.add("objects", objects);
    images.add(entry);
  }

  private Optional<Mask> mask(FoundObject object, DetectedImage image) {
    return object.pixels(model.conventions(), image.height(), image.width());
  }

  private static String pixels(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private JsonObject toJson(FoundObject object, CocoBox box, Optional<Mask> mask) {
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
    mask.ifPresent(pixels -> entry.add("segmentation", runs(pixels)));
    return entry;
  }

  private static JsonObject runs(Mask mask) {
    JsonArray size = new JsonArray();
    size.add(mask.height());
    size.add(mask.width());
    JsonObject runs = new JsonObject();
    runs.add("size", size);
    runs.addProperty("counts", mask.compressed());
    return runs;
  }

  /** Returns the number of images. */
  int answered() {
    return answered;
  }

  /** Prints JSON, or a row for each object and the skipped files to the other writer. */
  void print(PrintWriter out, PrintWriter err, List<Skipped> skipped) {
    if (json) {
      printJson(out, skipped);
      return;
    }
    if (answered > 0) {
      table.print(out);
    }
    out.flush();
    SkippedFiles.print(err, skipped, skipped.size() + answered);
  }

  private void printJson(PrintWriter out, List<Skipped> skipped) {
    JsonObject object = new JsonObject();
    object.add("images", images);
    object.add("skipped", SkippedFiles.toJson(skipped));
    Json.print(out, object);
    out.flush();
  }
}
