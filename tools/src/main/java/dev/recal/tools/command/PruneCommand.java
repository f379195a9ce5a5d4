package dev.recal.tools.command;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.pruning.Comparison;
import dev.recal.graphs.pruning.PrunableNetwork;
import dev.recal.graphs.pruning.PruningChart;
import dev.recal.graphs.pruning.PruningPoint;
import dev.recal.graphs.pruning.PruningReport;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.MeasuredModel;
import dev.recal.models.pruning.PrunedExport;
import dev.recal.models.pruning.PruningStudy;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal prune}: accuracy against the share of channels pruned by their gates. */
@Command(
    name = "prune",
    description = {
      "Prune the channels with the lowest gates (SE, GE, SRM, ECA, CBAM) and measure the remaining"
          + " accuracy.",
      "The channels of a layer are ranked by their mean gates over the images, and every gated"
          + " layer loses the same share. Pruned channels are set to 0 directly before their gate;"
          + " the network keeps its shape.",
      "Writes DIR/prune.png and DIR/prune.json."
    })
public final class PruneCommand implements Callable<Integer> {

  private static final String PICTURE = "prune.png";
  private static final String JSON = "prune.json";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Directory of a run (its best weights), a SavedModel exported from one, or imported"
              + " weights.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Images to measure on: a folder or zip archive of class folders, or shards (default: the"
              + " run's evaluation images). The ranking does not use labels.")
  private Path data;

  @Option(
      names = "--shares",
      paramLabel = "S",
      split = ",",
      description = "Shares of channels to prune, from 0 to 1 (${DEFAULT-VALUE}).",
      defaultValue = "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9")
  private List<Double> shares;

  @Option(
      names = "--across-layers",
      description = "Rank the channels of all layers together instead of layer by layer.")
  private boolean across;

  @Option(
      names = "--random",
      paramLabel = "SEED",
      split = ",",
      description =
          "Also prune as many random channels, to compare with; several seeds give a mean.")
  private List<Long> seeds = List.of();

  @Option(
      names = "--export",
      paramLabel = "SHARE",
      description =
          "Write the network pruned by this share: DIR/pruned-SHARE, weights for 'train"
              + " --weights', and DIR/model-SHARE, a SavedModel.")
  private Double export;

  @Option(names = "--out", paramLabel = "DIR", description = "Output directory (${DEFAULT-VALUE}).")
  private Path out = Path.of("prune");

  @Option(
      names = "--strict",
      description = "Fail on images that cannot be used, instead of skipping them.")
  private boolean strict;

  @Override
  public Integer call() throws IOException {
    List<Double> measured = shares();
    requireAbsent();
    MeasuredModel opened = MeasuredModel.open(model);
    PruningReport report;
    List<String> exported = new ArrayList<>();
    try (DataSet images = opened.images(Optional.ofNullable(data), strict);
        PrunableNetwork network =
            new PrunableNetwork(
                opened.network(), images, opened.input(), opened.weights(), opened.session())) {
      Runs.describeSkipped(spec.commandLine().getErr(), images.skipped());
      warn(network);
      Comparison comparison = across ? Comparison.ACROSS_LAYERS : Comparison.WITHIN_LAYERS;
      report = new PruningStudy(measured, comparison, seeds).measure(network, this::measured);
      Runs.describeSkipped(spec.commandLine().getErr(), images.unreadable());
      write(report, opened.labels().size());
      if (export != null) {
        exported.addAll(export(opened, network, report));
      }
    }
    print(report, exported);
    return 0;
  }

  // The exported share is measured too, so that the table contains its accuracy.
  private List<Double> shares() {
    TreeSet<Double> sorted = new TreeSet<>();
    shares.forEach(share -> sorted.add(share("--shares", share)));
    if (export != null) {
      sorted.add(share("--export", export));
    }
    return List.copyOf(sorted);
  }

  private static double share(String option, double share) {
    Bounds.requireWithin(option, share, 0.0, 1.0);
    return share + 0.0;
  }

  // Checked before measuring, to fail early.
  private void requireAbsent() throws IOException {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new FailureException("--out: expected a directory, but " + out + " is a file.");
    }
    if (export != null && Files.exists(PrunedExport.weights(out, export))) {
      throw new FailureException(
          "--export: "
              + PrunedExport.weights(out, export)
              + " already exists; remove it or choose another --out.");
    }
    Outputs.requireDirectory(out);
    if (export != null) {
      SavedModelWriter.requireWritable(PrunedExport.model(out, export));
    }
  }

  private void warn(PrunableNetwork network) {
    PrintWriter err = spec.commandLine().getErr();
    network
        .others()
        .forEach(
            gate ->
                err.println(
                    "recal: "
                        + gate
                        + " is not pruned: it does not follow a norm or a convolution."));
    err.println("Measuring on " + network.images() + " images.");
    err.flush();
  }

  private void measured(String ranking, PruningPoint point) {
    PrintWriter err = spec.commandLine().getErr();
    String share = PrunedExport.text(point.share());
    err.println("  " + ranking + ", " + share + ": " + percent(point.accuracy()));
    err.flush();
  }

  private List<String> export(MeasuredModel opened, PrunableNetwork network, PruningReport report)
      throws IOException {
    PrunedExport written = PrunedExport.write(opened, model, network, report, export, out);
    Path own = model.resolve(RunDirectory.RECIPE);
    Object recipe = Files.isRegularFile(own) ? own : "RECIPE";
    return List.of(
        "Weights      " + written.weights(),
        "SavedModel   " + written.model(),
        "Next: " + CommandLineText.of("train", recipe, "--weights", written.weights()));
  }

  private void write(PruningReport report, int classes) throws IOException {
    Files.createDirectories(out);
    Path json = out.resolve(JSON);
    Outputs.writing(
        json,
        () -> AtomicFiles.write(json, (report.toJson() + "\n").getBytes(StandardCharsets.UTF_8)));
    Path name = model.toAbsolutePath().normalize().getFileName();
    String title =
        String.format(Locale.ROOT, "Pruning %s by its gates, %,d images", name, report.images());
    PruningChart.draw(report, title, classes, out.resolve(PICTURE));
  }

  private void print(PruningReport report, List<String> exported) {
    PrintWriter console = spec.commandLine().getOut();
    boolean controlled = !report.controls().isEmpty();
    List<String> heads =
        new ArrayList<>(
            List.of(">share", ">channels", ">zeroed parameters", ">removable MACs", ">top-1"));
    if (controlled) {
      heads.add(">random");
    }
    Table table = Table.of(heads.toArray(String[]::new));
    List<PruningPoint> points = report.curve().points();
    for (int i = 0; i < points.size(); i++) {
      PruningPoint point = points.get(i);
      List<String> cells =
          new ArrayList<>(
              List.of(
                  PrunedExport.text(point.share()),
                  String.format(
                      Locale.ROOT, "%,d of %,d", point.cost().channels(), report.channels()),
                  String.format(Locale.ROOT, "%,d", point.cost().zeroedParameters()),
                  percent((double) point.cost().removableMultiplyAdds() / report.profile().macs()),
                  percent(point.accuracy())));
      if (controlled) {
        cells.add(percent(report.controlAccuracy(i)));
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print(console);
    console.println();
    console.println("Picture      " + out.resolve(PICTURE));
    console.println("Metrics      " + out.resolve(JSON));
    exported.forEach(console::println);
    console.flush();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
