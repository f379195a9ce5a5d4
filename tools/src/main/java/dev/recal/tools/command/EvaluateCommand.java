package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.EvaluationRequest;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.RunProgress;
import dev.recal.models.faces.RunVerification;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Resumption;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal evaluate}: measures the weights of a run of any task. */
@Command(
    name = "evaluate",
    description = {
      "Evaluate a run's best checkpoint on its evaluation data, or on other data.",
      "A generator is evaluated with 1,000 samples and the stand-in features, a generator of one image"
          + " with 20; 'synthesize evaluate' and 'oneshot evaluate' have more options.",
      "A network that learns embeddings is also evaluated by verification, if its recipe has"
          + " data.verification."
    })
public final class EvaluateCommand implements Callable<Integer> {

  private static final List<String> VIEWS = List.of("flip", "corners");

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Directory of the run.")
  private Path run;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "Other images: of a classifier shards, or a folder or zip archive of class folders; of a"
              + " detector a JSON file of COCO's annotations, from whose folder its file names start,"
              + " or a directory of detection records.")
  private Path data;

  @Option(
      names = "--views",
      split = ",",
      paramLabel = "flip|corners",
      description =
          "Of a classifier: average the probabilities over the mirrored image (flip), over the corners"
              + " and the centre (corners), or both (default: the recipe's).")
  private List<String> views;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A checkpoint of the run (default: the best one).")
  private Path checkpoint;

  @Option(
      names = "--strict",
      description = "Fail on images that cannot be used, instead of skipping them.")
  private boolean strict;

  @Option(
      names = {"--picture", "--confusion"},
      paramLabel = "PNG",
      description =
          "Draw the confusion matrix of a classifier, precision against recall of a detector, or the samples of a generator that are nearest"
              + " to real images, or of a generator of one image, into this file.")
  private Path picture;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Optional<Views> chosen = views();
    Outputs.requireReplaceable(picture);
    RunDirectory<?> opened = RunDirectory.open(run);
    print(evaluate(opened, chosen), RunProgress.ofUnfinished(opened));
    return 0;
  }

  private <R extends Recipe> Evaluation evaluate(RunDirectory<R> opened, Optional<Views> chosen)
      throws IOException {
    EvaluationRequest request =
        new EvaluationRequest(
            Optional.ofNullable(checkpoint),
            Optional.ofNullable(data),
            chosen,
            Optional.ofNullable(picture),
            strict);
    return RunVerification.addTo(opened.task().evaluate(opened, request), opened, strict);
  }

  private Optional<Views> views() {
    if (views == null) {
      return Optional.empty();
    }
    for (String view : views) {
      if (!VIEWS.contains(view)) {
        throw UsageException.unknown("view", view, VIEWS);
      }
    }
    return Optional.of(new Views(views.contains("flip"), views.contains("corners")));
  }

  private void print(Evaluation evaluation, Optional<RunProgress> unfinished) {
    PrintWriter err = spec.commandLine().getErr();
    Runs.describeSkipped(err, evaluation.skipped());
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("checkpoint", evaluation.checkpoint().toString());
      evaluation.metrics().forEach(object::addProperty);
      evaluation.details().entrySet().forEach(more -> object.add(more.getKey(), more.getValue()));
      unfinished.ifPresent(progress -> object.add("unfinished", json(progress)));
      Json.print(out, object);
    } else {
      evaluation.text().forEach(out::println);
      unfinished.ifPresent(progress -> out.println(Resumption.sentence(run, progress)));
    }
    out.flush();
  }

  private JsonObject json(RunProgress progress) {
    JsonObject json = new JsonObject();
    json.addProperty("step", progress.step());
    json.addProperty("steps", progress.steps());
    json.addProperty("resume", Resumption.command(run));
    return json;
  }
}
