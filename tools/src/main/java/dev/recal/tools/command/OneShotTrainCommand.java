package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot train}: trains a pyramid on one image. */
@Command(
    name = "train",
    description = {
      "Train a pyramid of generators on one image, scale by scale from the smallest; or resume an"
          + " interrupted run.",
      "The image is a JPEG, PNG, GIF (first frame), BMP, WebP or TIFF file of at least 25 pixels a side,"
          + " without transparency. Images whose longer side exceeds --max-size are reduced. A grey image"
          + " gives grey images."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot train photo.jpg",
      "  recal oneshot train photo.jpg --skip none --max-size 180 --out runs/plain",
      "  recal oneshot train photo.jpg --recipe oneshot-plain --set training.reconstruction=100",
      "  recal oneshot train --resume runs/photo"
    })
public final class OneShotTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "The training image.")
  private Path image;

  @Mixin private OneShotTrainingOptions settings = new OneShotTrainingOptions();

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
    if ((image == null) == (resume == null)) {
      throw new UsageException("oneshot train: expected either IMAGE or --resume RUN.");
    }
    Runs runs = options.runs(spec.commandLine().getOut());
    if (resume != null) {
      if (settings.given() || out != null) {
        throw new UsageException(
            "--resume: a run resumes with its own settings; it cannot be combined with settings,"
                + " --recipe or --out.");
      }
      runs.resume(RunDirectory.open(resume, OneShotRecipe.class).directory());
      return 0;
    }
    OneShotRecipe recipe = settings.read(image, List.of());
    runs.start(recipe, out == null ? Runs.free(recipe.name()) : out);
    return 0;
  }
}
