package dev.recal.tools.command;

import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.synthesis.training.SynthesisRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.optimise.Optimisation;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.ExportForm;
import dev.recal.tools.run.OptimisedExport;
import dev.recal.tools.run.OptimisedForm;
import dev.recal.tools.run.RunExport;
import dev.recal.tools.run.ServingExport;
import dev.recal.tools.synthesis.SynthesisExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal export}: exports a run as a SavedModel. */
@Command(
    name = "export",
    description = {
      "Export a run's best weights, or imported weights, as a SavedModel. For a generator, exports"
          + " the averaged weights of its newest checkpoint.",
      "With --serving, also writes what TensorFlow Serving needs: its configuration, warm-up"
          + " requests inside the model, and example requests, and prints the commands that use"
          + " them."
    })
public final class ExportCommand implements Callable<Integer> {

  private static final String PREDICT = "predict %s IMAGE...";
  private static final String SAMPLE = "synthesize sample %s --count 64 --out samples.png";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Directory of a run, or of imported weights.")
  private Path directory;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "MODEL",
      description =
          "MODEL/VERSION, or MODEL for its next free version (default: RUN/model, or"
              + " RUN/model-FORM).")
  private Path target;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "A checkpoint of the run (default: the best one).")
  private Path checkpoint;

  @Option(names = "--serving", description = "Prepare the model for TensorFlow Serving.")
  private boolean serving;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the model on the server (default: the name of the directory MODEL).")
  private String name;

  @Option(
      names = "--training",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Include the network in training phase for fine-tuning in Python: model(images,"
              + " training=True), signatures['train'] (default: included).")
  private boolean training;

  @Option(
      names = "--optimise",
      paramLabel = "FORM",
      description = {
        "Write a faster form of the model, without variables and training:",
        "float32 folds batch norms into convolutions; bfloat16 also computes convolutions and maps"
            + " in bfloat16, for processors that have it (see docs/optimised-exports.md).",
        "Before writing, it is compared with the plain model on images."
      })
  private Optimisation optimisation;

  @Option(
      names = "--images",
      paramLabel = "FILE|FOLDER",
      description =
          "With --optimise: images to compare on, at most 1,000; repeatable (default: the run's"
              + " evaluation images).")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      description =
          "With --optimise: minimum share of images with the plain model's class; below it nothing"
              + " is written (${DEFAULT-VALUE}).")
  private double minAgreement = 0.98;

  /** The earlier name of {@code --min-agreement}. */
  @Option(names = "--least-agreement", hidden = true)
  private void leastAgreement(Double share) {
    if (share != null) {
      minAgreement = share;
    }
  }

  @Override
  public Integer call() throws IOException {
    if (name != null && !serving) {
      throw new UsageException("--name: requires --serving.");
    }
    ServingExport.requireName(name);
    if (optimisation == null && !images.isEmpty()) {
      throw new UsageException("--images: requires --optimise.");
    }
    if (SynthesisRun.isAt(directory)) {
      return exportGenerator();
    }
    String kind = optimisation == null ? "model" : "model-" + optimisation;
    Path model = target != null ? target : directory.resolve(kind);
    ModelAddition addition = serving ? ServingExport.warmUp() : extras -> {};
    Optional<OptimisedForm> optimised =
        Optional.ofNullable(optimisation)
            .map(
                chosen ->
                    UsageException.check(() -> new OptimisedForm(chosen, images, minAgreement)));
    ExportForm form = new ExportForm(training, addition, optimised);
    if (StoredNetwork.isAt(directory)) {
      if (checkpoint != null) {
        throw new UsageException(
            "--checkpoint: expected a run, but imported weights have no checkpoints.");
      }
      Path version = RunExport.write(StoredNetwork.open(directory), model, form);
      return report(directory, version, PREDICT);
    }
    TrainingRun run = TrainingRun.open(directory);
    Path chosen = chosen(run.checkpoints());
    return report(chosen, RunExport.write(run, chosen, model, form), PREDICT);
  }

  private int exportGenerator() throws IOException {
    if (optimisation != null) {
      throw new UsageException(
          "--optimise: expected a classifier, but " + directory + " is a generator.");
    }
    SynthesisRun run = SynthesisRun.open(directory);
    Path model = target != null ? target : directory.resolve("model");
    ModelAddition addition = serving ? ServingExport.warmUpOfOne() : extras -> {};
    Path chosen = chosen(run.checkpoints());
    return report(chosen, SynthesisExport.write(run, chosen, model, addition), SAMPLE);
  }

  private Path chosen(CheckpointDirectory checkpoints) throws IOException {
    if (checkpoint != null && !Files.isDirectory(checkpoint)) {
      throw new UsageException(
          "--checkpoint: expected the directory of a checkpoint, but there is no "
              + checkpoint
              + ".");
    }
    return checkpoint != null
        ? checkpoint
        : checkpoints
            .best()
            .orElseThrow(() -> new UsageException("RUN: " + directory + " has no checkpoint."));
  }

  private int report(Path from, Path version, String next) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Exported " + from + " to " + version);
    if (optimisation != null) {
      OptimisedExport.print(
          out,
          SavedModelReader.describe(version).metadata().getAsJsonObject(OptimisedExport.MEMBER));
    }
    if (serving) {
      ServingExport.finish(version, name).print(out);
    } else {
      out.println("Next: " + CommandLineText.of(next.formatted(version)));
    }
    out.flush();
    return 0;
  }
}
