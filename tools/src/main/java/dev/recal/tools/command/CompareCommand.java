package dev.recal.tools.command;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.logs.ComparedCurves;
import dev.recal.graphs.logs.MetricCurve;
import dev.recal.graphs.task.ComparedRun;
import dev.recal.graphs.task.RunComparison;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal compare}: runs of one task beside each other. */
@Command(
    name = "compare",
    description = {
      "Compare runs of one task: the settings that differ, and the last and best value of each"
          + " metric.",
      "Metrics have the tags of TensorBoard. Those of training are smoothed."
    },
    footer = {
      "",
      "Examples:",
      "  recal compare runs/cifar10-srm runs/cifar10-se --plot compared.png",
      "  recal compare runs/cifar10-srm-sweep --csv sweep.csv"
    })
public final class CompareCommand implements Callable<Integer> {

  private static final int MAX_CELL = 40;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Directories of runs, or of studies, which stand for their runs.")
  private List<Path> directories;

  @Option(
      names = "--metrics",
      paramLabel = "TAG",
      split = ",",
      description =
          "Metrics to show (default: train/loss, train/accuracy and those of the evaluations).")
  private List<String> chosen = List.of();

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draw a panel for each metric, with a line for each run, as a PNG file.")
  private Path plot;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write all metrics as comma-separated values, a line for each run.")
  private Path csv;

  @Option(names = "--json", description = "Print all metrics as JSON.")
  private boolean json;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Outputs.requireAllWritable(force, plot, csv);
    RunComparison comparison = RunComparison.read(directories);
    List<String> tags = tags(comparison);
    if (plot != null) {
      draw(comparison, tags);
    }
    if (csv != null) {
      byte[] lines = comparison.csv().getBytes(StandardCharsets.UTF_8);
      Outputs.writing(csv, () -> AtomicFiles.write(csv, lines));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, comparison.json());
      return 0;
    }
    printSettings(comparison, out);
    printMetrics(comparison, tags, out);
    return 0;
  }

  private List<String> tags(RunComparison comparison) {
    List<String> known = comparison.tags();
    for (String tag : chosen) {
      if (!known.contains(tag)) {
        throw new UsageException(
            "--metrics: expected "
                + (known.isEmpty() ? "nothing, since no run has metrics" : "one of " + known)
                + ", but got '"
                + tag
                + "'.");
      }
    }
    return chosen.isEmpty() ? comparison.mainTags() : chosen;
  }

  private void draw(RunComparison comparison, List<String> tags) {
    if (tags.isEmpty()) {
      throw new UsageException("--plot: expected runs with metrics, but none has one yet.");
    }
    if (tags.size() > ComparedCurves.MAX_METRICS && !chosen.isEmpty()) {
      throw new UsageException(
          "--metrics: expected at most "
              + ComparedCurves.MAX_METRICS
              + " metrics to draw, but got "
              + tags.size()
              + ".");
    }
    List<String> drawn = tags.subList(0, Math.min(tags.size(), ComparedCurves.MAX_METRICS));
    ComparedCurves.draw("Compared runs", comparison.metrics(), drawn, plot);
  }

  private static void printSettings(RunComparison comparison, PrintWriter out) {
    Map<String, List<String>> differences = comparison.differences();
    if (differences.isEmpty()) {
      out.println("All settings of the runs are equal.");
      return;
    }
    List<String> head = new ArrayList<>(List.of("setting"));
    comparison.runs().forEach(run -> head.add(run.name()));
    Table table = Table.of(head.toArray(String[]::new));
    differences.forEach(
        (key, values) -> {
          List<String> cells = new ArrayList<>(List.of(key));
          values.forEach(value -> cells.add(shortened(value)));
          table.row(cells.toArray(String[]::new));
        });
    table.print(out);
  }

  private static String shortened(String value) {
    return value.length() <= MAX_CELL ? value : value.substring(0, MAX_CELL - 1) + "…";
  }

  private static void printMetrics(RunComparison comparison, List<String> tags, PrintWriter out) {
    Table table = Table.of("metric", "run", ">steps", ">last", ">best", ">at step");
    for (String tag : tags) {
      for (ComparedRun run : comparison.runs()) {
        MetricCurve metric = run.metrics().get(tag);
        if (metric != null) {
          Optional<MetricCurve.Point> best = comparison.best(metric);
          table.row(
              tag,
              run.name(),
              String.format(Locale.ROOT, "%,d", metric.last().step()),
              number(metric.last().value()),
              best.map(point -> number(point.value())).orElse(""),
              best.map(point -> String.format(Locale.ROOT, "%,d", point.step())).orElse(""));
        }
      }
    }
    if (!tags.isEmpty()) {
      out.println();
      table.print(out);
    }
    for (ComparedRun run : comparison.runs()) {
      if (run.metrics().isEmpty()) {
        out.println();
        out.println(run.name() + " has no metrics yet.");
      }
    }
  }

  private static String number(double value) {
    double size = Math.abs(value);
    String format = size == 0 || size >= 1e-3 && size < 1e4 ? "%.4f" : "%.3e";
    return String.format(Locale.ROOT, format, value);
  }
}
