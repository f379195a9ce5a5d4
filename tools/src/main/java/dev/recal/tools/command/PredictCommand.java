package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Prediction;
import dev.recal.models.predict.Predictions;
import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal predict}: classifies images. */
@Command(
    name = "predict",
    description = {
      "Classify images.",
      "Files that are not images are reported and skipped; the exit code is 1 if one of them was"
          + " given on the command line or no image is left."
    })
public final class PredictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL_DIR",
      description = "A SavedModel, or a directory of versions.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE|FOLDER",
      description = "Image files, or folders that are searched for images.")
  private List<Path> paths;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "5",
      description = "Number of classes to show for each image (${DEFAULT-VALUE}).")
  private int topK;

  @Mixin private PixelOption pixels = new PixelOption();

  @Option(names = "--strict", description = "Stop at the first file that is not an image.")
  private boolean strict;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Bounds.requireAtLeast("--top-k", topK, 1);
    List<ImageFiles.Found> files = ImageFiles.find(paths);
    Predictions predictions;
    PredictorSettings settings = PredictorSettings.defaults().withPixels(pixels.pixels());
    try (Predictor predictor = Predictor.open(model, settings)) {
      predictions = Predictions.of(predictor, files, topK, strict);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, toJson(predictions));
    } else {
      print(out, predictions);
    }
    out.flush();
    if (predictions.answered().isEmpty()) {
      throw new FailureException("None of the " + files.size() + " files could be classified.");
    }
    return predictions.skipped().stream().anyMatch(Predictions.Skipped::named) ? 1 : 0;
  }

  private void print(PrintWriter out, Predictions predictions) {
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
    PrintWriter err = spec.commandLine().getErr();
    out.flush();
    predictions
        .skipped()
        .forEach(skip -> err.println("skipped " + skip.file() + ": " + skip.reason()));
    if (!predictions.skipped().isEmpty()) {
      err.println(
          predictions.skipped().size()
              + " of "
              + (predictions.skipped().size() + predictions.answered().size())
              + " files skipped.");
    }
    err.flush();
  }

  private static JsonObject toJson(Predictions predictions) {
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
    JsonArray skipped = new JsonArray();
    for (Predictions.Skipped skip : predictions.skipped()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("file", skip.file().toString());
      entry.addProperty("reason", skip.reason());
      skipped.add(entry);
    }
    JsonObject object = new JsonObject();
    object.add("images", images);
    object.add("skipped", skipped);
    return object;
  }
}
