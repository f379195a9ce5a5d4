package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Tasks;
import dev.recal.graphs.training.JobBench;
import dev.recal.tools.bench.Medians;
import dev.recal.tools.bench.StepTrace;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal bench step}: a training step of any task, with its input. */
@Command(
    name = "step",
    description = {
      "Benchmark the training step of a recipe of any task on its own data: input, forward and"
          + " backward pass, optimiser.",
      "Nothing is written. Of a recipe with several stages, the first one is measured."
    })
public final class BenchStepCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RECIPE|RUN",
      description = "A recipe's file, the name of one in recipes/, or a run's directory.")
  private String recipe;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description =
          "Trace one more step: print the share of each type of operation, and write a trace that"
              + " Chrome (about:tracing) and Perfetto show.")
  private Path profile;

  @Option(names = "--force", description = "Overwrite the trace.")
  private boolean force;

  @Mixin private RecipeOptions settings = new RecipeOptions();

  @Mixin private RepeatOptions turns = new RepeatOptions(20, 5);

  @Override
  public Integer call() throws IOException {
    turns.check();
    Outputs.requireAllWritable(force, profile);
    Path run = Path.of(recipe);
    String file = RunDirectory.isAt(run) ? run.resolve(RunDirectory.RECIPE).toString() : recipe;
    measure(settings.located(settings.read(file, List.of())));
    return 0;
  }

  private <R extends Recipe> void measure(R chosen) throws IOException {
    List<Double> seconds = new ArrayList<>();
    int batch;
    Optional<StepTrace> trace = Optional.empty();
    try (PreparedTraining<R> training = Tasks.of(chosen).prepare(chosen, false);
        JobBench bench = new JobBench(training.plan(Path.of("")))) {
      batch = bench.batch();
      for (int i = -turns.warmUp(); i < turns.repeats(); i++) {
        double step = bench.step();
        if (i >= 0) {
          seconds.add(step);
        }
      }
      if (profile != null) {
        trace = Optional.of(StepTrace.of(bench.trace()));
      }
    }
    print(chosen, batch, seconds);
    if (trace.isPresent()) {
      trace.get().write(profile);
      PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
      trace.get().print(out);
    }
  }

  private void print(Recipe chosen, int batch, List<Double> seconds) {
    PrintWriter out = spec.commandLine().getOut();
    double median = Medians.of(seconds);
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("recipe", chosen.name());
      object.addProperty("batch", batch);
      object.addProperty("medianSeconds", median);
      object.addProperty("minSeconds", seconds.stream().min(Double::compare).orElseThrow());
      object.addProperty("maxSeconds", seconds.stream().max(Double::compare).orElseThrow());
      object.addProperty("imagesPerSecond", batch / median);
      Json.print(out, object);
    } else {
      out.printf(
          Locale.ROOT,
          "%s: %.1f ms a step of %d (median of %d; %.1f to %.1f), %.1f images/s%n",
          chosen.name(),
          1000 * median,
          batch,
          seconds.size(),
          1000 * seconds.stream().min(Double::compare).orElseThrow(),
          1000 * seconds.stream().max(Double::compare).orElseThrow(),
          batch / median);
    }
    out.flush();
  }
}
