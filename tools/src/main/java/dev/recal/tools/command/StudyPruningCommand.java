package dev.recal.tools.command;

import dev.recal.graphs.pruning.Comparison;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Study;
import dev.recal.models.MeasuredModel;
import dev.recal.models.pruning.PrunedExport;
import dev.recal.models.pruning.PrunedRun;
import dev.recal.models.pruning.PrunedRuns;
import dev.recal.models.pruning.PruningSources;
import dev.recal.models.pruning.PruningStudy;
import dev.recal.models.study.NamedGate;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal study pruning}: several networks pruned by their gates, in one plot. */
@Command(
    name = "pruning",
    description = {
      "Prune the channels with the lowest gates of several networks, and compare the remaining"
          + " accuracy without retraining; 'recal prune --help' describes the method.",
      "Runs that differ in their seed only are one network, whose mean and deviation are reported. A"
          + " recipe is first trained with each of --gates.",
      "Writes pruning.md, pruning.csv, pruning.json and pruning.png."
    },
    footer = {
      "",
      "Examples:",
      "  recal study pruning cifar10-srm --data ../data --gates srm,se --seeds 3",
      "  recal study pruning runs/cifar10-srm runs/cifar10-se --out pruning",
      "  recal study pruning runs/cifar10-srm-ablation --random 1,2,3"
    })
public final class StudyPruningCommand implements Callable<Integer> {

  private static final String MEASURED = "measured";
  private static final List<NamedGate> GATES =
      List.of(NamedGate.SRM, NamedGate.SE, NamedGate.GE, NamedGate.ECA, NamedGate.CBAM);

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN|RECIPE",
      description =
          "Directories of runs, studies, SavedModels exported from runs or imported weights; or one"
              + " classifier's recipe.")
  private List<String> sources;

  @Option(
      names = "--gates",
      paramLabel = "WORD",
      split = ",",
      description = "Recalibrations to train a recipe with: srm, se, ge, eca, cbam (srm,se).")
  private List<String> gates = List.of("srm", "se");

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "Images to measure on: a folder or zip archive of class folders, or shards (default: each"
              + " run's evaluation images).")
  private Path images;

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
      description = "Also prune as many random channels, to compare with.")
  private List<Long> random = List.of();

  @Mixin private StudyOptions options = new StudyOptions();

  @Override
  public Integer call() throws IOException {
    PruningStudy study = study();
    List<Path> paths = new ArrayList<>();
    Path directory;
    if (sources.size() == 1 && !Files.isDirectory(Path.of(sources.get(0)))) {
      Recipe recipe = options.read(sources.get(0));
      directory = options.directory(recipe.name() + "-pruning");
      PrintWriter out = spec.commandLine().getOut();
      List<NamedGate> kinds = ConstantWords.read("--gates", gates, GATES);
      Study trained =
          options.study(recipe, r -> kinds.stream().map(gate -> gate.variation(r)).toList());
      if (!options.train(trained, directory, out)) {
        return 1;
      }
      paths.add(directory);
    } else {
      sources.forEach(source -> paths.add(existing(source)));
      directory = options.directory("pruning");
      Outputs.requireDirectory(directory);
    }
    report(measured(PruningSources.of(paths), study, directory), directory);
    return 0;
  }

  private PruningStudy study() {
    TreeSet<Double> sorted = new TreeSet<>();
    for (double share : shares) {
      Bounds.requireWithin("--shares", share, 0.0, 1.0);
      sorted.add(share + 0.0);
    }
    return new PruningStudy(
        List.copyOf(sorted), across ? Comparison.ACROSS_LAYERS : Comparison.WITHIN_LAYERS, random);
  }

  private Path existing(String source) {
    Path path = Path.of(source);
    if (!Files.isDirectory(path)) {
      throw new FailureException("There is no run, study or model " + path + ".");
    }
    if (options.trains()) {
      throw new UsageException(
          "--seeds, --set and --data belong to a recipe that is trained; "
              + path
              + " is trained already. Other images are given by --images.");
    }
    return path;
  }

  private PrunedRuns measured(PruningSources found, PruningStudy study, Path directory)
      throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    found.skipped().forEach(name -> err.println("recal: " + name + " has no gates; skipped."));
    List<PrunedRuns.Group> groups = new ArrayList<>();
    for (Map.Entry<String, List<Path>> network : found.networks().entrySet()) {
      List<PrunedRun> runs = new ArrayList<>();
      for (Path run : network.getValue()) {
        err.println("Pruning " + run);
        err.flush();
        String file = network.getKey() + "-" + (runs.size() + 1) + ".json";
        runs.add(measured(run, study, directory.resolve(MEASURED).resolve(file)));
      }
      groups.add(new PrunedRuns.Group(network.getKey(), runs));
    }
    return new PrunedRuns(groups);
  }

  private PrunedRun measured(Path run, PruningStudy study, Path file) throws IOException {
    if (images == null && !RunDirectory.isAt(run) && MeasuredModel.open(run).run().isEmpty()) {
      throw new UsageException(
          "--images: expected a folder, zip archive or shards with the classes of "
              + run
              + ", which are imported weights, but got nothing.");
    }
    PrintWriter err = spec.commandLine().getErr();
    try {
      return PrunedRun.measure(
          run,
          Optional.ofNullable(images),
          options.runs(spec.commandLine().getOut()).strict(),
          study,
          file,
          (ranking, point) -> {
            String share = PrunedExport.text(point.share());
            err.printf(Locale.ROOT, "  %s, %s: %.2f %%%n", ranking, share, 100 * point.accuracy());
            err.flush();
          });
    } catch (IllegalArgumentException refused) {
      // Which of the networks.
      throw new FailureException(run + ": " + refused.getMessage(), refused);
    }
  }

  private void report(PrunedRuns runs, Path directory) throws IOException {
    runs.write(directory);
    PrintWriter console = spec.commandLine().getOut();
    Table table = Table.of(runs.columns().stream().map(head -> ">" + head).toArray(String[]::new));
    runs.rows().forEach(row -> table.row(row.toArray(String[]::new)));
    table.print(console);
    console.println("Table: " + directory.resolve(PrunedRuns.TABLE));
    console.println("Picture: " + directory.resolve(PrunedRuns.PICTURE));
    console.flush();
  }
}
