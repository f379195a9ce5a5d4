package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSources;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.metrics.ClassificationSummary;
import dev.recal.graphs.metrics.ConfusionHeatMap;
import dev.recal.graphs.metrics.ConfusionTable;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointEvaluation;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal evaluate}: evaluates a run's weights. */
@Command(
    name = "evaluate",
    description = "Evaluate a run's best checkpoint on its evaluation images, or on others.")
public final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Directory of the run.")
  private Path directory;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "Shards, or a folder or zip archive of class folders (default: the recipe's evaluation"
              + " images).")
  private Path images;

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
      names = "--confusion",
      paramLabel = "PNG",
      description = "Write the confusion matrix to this PNG file.")
  private Path picture;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    TrainingRun run = TrainingRun.open(directory);
    Path chosen =
        checkpoint != null
            ? checkpoint
            : run.checkpoints()
                .best()
                .orElseThrow(() -> new UsageException("RUN: " + directory + " has no checkpoint."));
    ClassificationSummary summary;
    try (DataSet data = open(run)) {
      summary =
          CheckpointEvaluation.evaluate(
              run.recipe().network(), run.recipe().training(), data, run.evaluationInput(), chosen);
    }
    if (picture != null) {
      ConfusionHeatMap.draw(summary.confusion(), run.labels(), picture);
    }
    print(run, chosen, summary);
    return 0;
  }

  private DataSet open(TrainingRun run) throws IOException {
    if (images == null) {
      return run.openEvaluation(strict);
    }
    OpenSettings settings = OpenSettings.defaults().withStrict(strict);
    try (DataSet found = DataSources.of(images).open(settings)) {
      return found.withClasses(run.labels());
    }
  }

  private void print(TrainingRun run, Path chosen, ClassificationSummary summary) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("checkpoint", chosen.toString());
      object.addProperty("images", summary.images());
      object.addProperty("loss", summary.loss());
      object.addProperty("top1", summary.top1());
      if (summary.k() < run.labels().size()) {
        object.addProperty("top" + summary.k(), summary.topK());
      }
      Json.print(out, object);
    } else {
      out.println(ConfusionTable.render(summary.confusion(), run.labels()));
      out.printf(
          Locale.ROOT,
          "%,d images: top-1 %.2f %%%s, loss %.4f (%s)%n",
          summary.images(),
          100 * summary.top1(),
          summary.k() < run.labels().size()
              ? String.format(Locale.ROOT, ", top-%d %.2f %%", summary.k(), 100 * summary.topK())
              : "",
          summary.loss(),
          chosen.getFileName());
    }
    out.flush();
  }
}
