package dev.recal.tools.command;

import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal style train}: trains a style network. */
@Command(
    name = "train",
    description = {
      "Train a network that gives photographs the style of one image; or resume an interrupted run.",
      "A twentieth of the photographs is held out: their content and style losses are measured, and"
          + " some of them are drawn."
    },
    footer = {
      "",
      "Examples:",
      "  recal style train painting.jpg --content photos --loss-network models/vgg16",
      "  recal style train painting.jpg --content photos --norm bn-srm --steps 2000",
      "  recal style train painting.jpg --content photos --recipe style-johnson",
      "  recal style train --resume runs/painting"
    })
public final class StyleTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "STYLE", description = "The style image.")
  private Path style;

  @Option(
      names = "--norm",
      paramLabel = "KIND",
      converter = StyleNormConverter.class,
      description =
          "Norm of the network: in (instance norm), bn (batch norm), bn-se or bn-srm (default: the"
              + " recipe's, or in).")
  private StyleNorm norm;

  @Mixin private StyleTrainingOptions settings = new StyleTrainingOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the run (default: runs/NAME).")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume this run from its newest checkpoint.")
  private Path resume;

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public Integer call() throws IOException {
    if ((style == null) == (resume == null)) {
      throw new UsageException("style train: expected either STYLE or --resume RUN.");
    }
    Runs runs = options.runs(spec.commandLine().getOut());
    if (resume != null) {
      if (settings.given() || norm != null || out != null) {
        throw new UsageException(
            "--resume: a run resumes with its own settings; it cannot be combined with settings,"
                + " --recipe or --out.");
      }
      runs.resume(RunDirectory.open(resume, StyleRecipe.class).directory());
      return 0;
    }
    StyleRecipe recipe = settings.read(style, Optional.ofNullable(norm));
    runs.start(recipe, out == null ? Runs.free(recipe.name()) : out);
    return 0;
  }
}
