package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.Sweep;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal study sweep}: a recipe with several values of its settings. */
@Command(
    name = "sweep",
    description = {
      "Train a recipe of any task with several values of its settings, and compare them.",
      "Every combination of --grid is trained; with --random, each of them with --count draws. Runs"
          + " are trained one after another. A run that diverges is reported as such.",
      "Writes results.md, results.csv, results.json and results.png."
    },
    footer = {
      "",
      "Examples:",
      "  recal study sweep cifar10-srm --data ../data --grid training.learningRate.base=0.05,0.1,0.2",
      "  recal study sweep cifar10-srm --data ../data --seeds 2 --count 10"
          + " --random training.learningRate.base=log:0.01:1"
    })
public final class StudySweepCommand implements Callable<Integer> {

  private static final int DRAWS = 8;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RECIPE",
      description = "A recipe's file, or the name of one in recipes/.")
  private String recipe;

  @Option(
      names = "--grid",
      paramLabel = "KEY=V,…",
      description = "Try these values of a setting; may be repeated.")
  private List<String> grid = List.of();

  @Option(
      names = "--random",
      paramLabel = "KEY=RANGE",
      description =
          "Draw values of a setting from log:LOW:HIGH, uniform:LOW:HIGH or int:LOW:HIGH; may be"
              + " repeated.")
  private List<String> random = List.of();

  @Option(names = "--count", paramLabel = "N", description = "Random draws (8).")
  private Integer count;

  @Option(
      names = "--draw-seed",
      paramLabel = "SEED",
      description = "Random seed of the draws (${DEFAULT-VALUE}).")
  private long drawSeed = 1;

  @Mixin private StudyOptions options = new StudyOptions();

  @Override
  public Integer call() throws IOException {
    Sweep sweep = UsageException.check(this::sweep);
    Recipe read = options.read(recipe);
    boolean finished =
        options.train(
            options.study(read, r -> sweep.variations()),
            options.directory(read.name() + "-sweep"),
            spec.commandLine().getOut());
    return finished ? 0 : 1;
  }

  private Sweep sweep() {
    int draws = count != null ? count : random.isEmpty() ? 0 : DRAWS;
    return new Sweep(
        grid.stream().map(Sweep.Values::parse).toList(),
        random.stream().map(Sweep.Range::parse).toList(),
        draws,
        drawSeed);
  }
}
