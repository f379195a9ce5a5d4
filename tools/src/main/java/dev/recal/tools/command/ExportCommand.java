package dev.recal.tools.command;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.models.export.DisagreementException;
import dev.recal.models.export.ExportForm;
import dev.recal.models.export.OptimisedExport;
import dev.recal.models.export.OptimisedForm;
import dev.recal.models.export.RunExport;
import dev.recal.models.export.ServingExport;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.optimise.Optimisation;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.OptimisedText;
import dev.recal.tools.run.Resumption;
import dev.recal.tools.run.ServingText;
import java.io.IOException;
import java.io.PrintWriter;
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
          + " the averaged weights of its newest checkpoint, with a patience of its best one.",
      "With --serving, also writes what TensorFlow Serving needs: its configuration, warm-up"
          + " requests inside the model, and example requests, and prints the commands that use"
          + " them."
    })
public final class ExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Directory of a run, or of imported weights.")
  private Path run;

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

  @Option(names = "--least-agreement", hidden = true, paramLabel = "SHARE")
  private void minAgreement(double share) {
    minAgreement = share;
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
    String kind = optimisation == null ? "model" : "model-" + optimisation;
    Path to = target != null ? target : run.resolve(kind);
    SavedModelWriter.requireWritable(to);
    if (serving) {
      ServingExport.requireWritable(to);
    }
    Optional<OptimisedForm> optimised =
        Optional.ofNullable(optimisation)
            .map(chosen -> new OptimisedForm(chosen, images, minAgreement));
    try {
      return StoredNetwork.isAt(run)
          ? exportStored(to, new ExportForm(training, warmUp(true), optimised))
          : exportRun(RunDirectory.open(run), to, optimised);
    } catch (DisagreementException refused) {
      throw new FailureException(refused.getMessage() + " See --min-agreement.", refused);
    }
  }

  private int exportStored(Path to, ExportForm form) throws IOException {
    if (checkpoint != null) {
      throw new UsageException(
          "--checkpoint: imported weights have no checkpoints to choose from.");
    }
    Path version = RunExport.write(StoredNetwork.open(run), to, form);
    return report(run, version, predict(version));
  }

  private <R extends Recipe> int exportRun(
      RunDirectory<R> opened, Path to, Optional<OptimisedForm> optimised) throws IOException {
    boolean classifier = opened.recipe() instanceof ClassificationRecipe;
    ExportForm form = new ExportForm(training, warmUp(classifier), optimised);
    Path chosen = opened.checkpoint(Optional.ofNullable(checkpoint));
    Path version = RunExport.write(opened, chosen, to, form);
    PrintWriter err = spec.commandLine().getErr();
    Resumption.ofUnfinished(opened).ifPresent(err::println);
    err.flush();
    return report(chosen, version, nextCommand(opened.recipe(), version));
  }

  private static List<?> nextCommand(Recipe recipe, Path version) {
    if (recipe instanceof ClassificationRecipe) {
      return predict(version);
    }
    if (recipe instanceof StyleRecipe) {
      return List.of("style", "apply", version, "IMAGE...");
    }
    return recipe instanceof SynthesisRecipe
        ? List.of("synthesize", "sample", version, "--count", "64", "--out", "samples.png")
        : List.of("inspect", version);
  }

  private static List<?> predict(Path version) {
    return List.of("predict", version, "IMAGE...");
  }

  // Answers of other models may be large, as images are: they get single requests only.
  private ModelAddition warmUp(boolean classifier) throws IOException {
    if (!serving) {
      return extras -> {};
    }
    return classifier ? ServingExport.warmUp() : ServingExport.warmUpOfOne();
  }

  private int report(Path from, Path version, List<?> nextCommand) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Exported " + from + " to " + version);
    if (optimisation != null) {
      OptimisedText.print(
          out,
          SavedModelReader.describe(version).metadata().getAsJsonObject(OptimisedExport.MEMBER));
    }
    if (serving) {
      ServingText.print(out, ServingExport.finish(version, name));
    } else {
      out.println("Next: " + CommandLineText.of(nextCommand));
    }
    out.flush();
    return 0;
  }
}
