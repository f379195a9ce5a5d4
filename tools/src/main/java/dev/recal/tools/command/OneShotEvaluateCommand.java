package dev.recal.tools.command;

import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.synthesis.oneshot.metrics.FeatureMapSource;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotReport;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.ProgressBars;
import dev.recal.tools.oneshot.OneShotText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot evaluate}: metrics of generated images. */
@Command(
    name = "evaluate",
    description = {
      "Compare generated images with the training image: the Fréchet distance of patch statistics, and"
          + " the diversity of the pixels.",
      "With the first blocks of Inception-v3 as --features the distance is SIFID. Without it, the"
          + " features are those of a small embedded network, and only useful to compare models of the"
          + " same training image.",
      "Compare only metrics of the same features, image sizes, counts and start scales."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot evaluate runs/photo",
      "  recal oneshot evaluate models/photo --start-scale 1 --count 100 --json",
      "  recal oneshot evaluate runs/photo --features inception --output mixed --feature-range=-1..1"
    })
public final class OneShotEvaluateCommand implements Callable<Integer> {

  private static final int MIN = 2;
  private static final int MAX = 100_000;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Number of images to generate (${DEFAULT-VALUE}).")
  private int count = 50;

  @Option(
      names = "--start-scale",
      paramLabel = "N",
      description = "Scale at which randomness begins (${DEFAULT-VALUE}).")
  private int startScale;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--count", count, MIN, MAX);
    Bounds.requireAtLeast("--start-scale", startScale, 0);
    try (FeatureMapSource source = features.openMaps();
        OneShotModel opened = OneShotModel.open(model)) {
      OneShotReport report = measured(opened, source);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        Json.print(out, report.toJson());
      } else {
        OneShotText.print(out, report);
      }
      out.flush();
    }
    return 0;
  }

  private OneShotReport measured(OneShotModel opened, FeatureMapSource source) {
    try (ProgressBar bar = ConsoleLogs.isTerminal() ? bar() : null) {
      return opened.evaluate(
          source,
          seed,
          count,
          startScale,
          done -> {
            if (bar != null) {
              bar.stepTo(done);
            }
          });
    }
  }

  private ProgressBar bar() {
    return ProgressBars.builder("samples").setInitialMax(count).build();
  }
}
