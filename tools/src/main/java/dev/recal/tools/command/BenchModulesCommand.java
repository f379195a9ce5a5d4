package dev.recal.tools.command;

import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.BlockStage;
import dev.recal.tools.bench.ModuleBench;
import dev.recal.tools.bench.ModuleReport;
import dev.recal.tools.bench.ModuleResult;
import dev.recal.tools.bench.ModuleSubject;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal bench modules}: the overhead of each module relative to the plain block. */
@Command(
    name = "modules",
    description =
        "Benchmark every registered module in a convolution block, in alternation with the plain"
            + " block.")
public final class BenchModulesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--module",
      split = ",",
      paramLabel = "NAMES",
      description =
          "Names of modules (--list shows them); 'drconv' includes its variants. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--stage",
      split = ",",
      paramLabel = "N",
      description = "Stages of ResNet-50: 1 is 56×56, 2 28×28, 3 14×14, 4 7×7 (default: all).")
  private List<Integer> stages = List.of(1, 2, 3, 4);

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "Batch sizes (default: 16,1).")
  private List<Integer> batches = List.of(16, 1);

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      description = "float32, bfloat16, float16 (default: the first two).")
  private List<Precision> precisions = List.of(Precision.FLOAT32, Precision.BFLOAT16);

  @Mixin private RepeatOptions repeats = new RepeatOptions(5, 1);

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--list", description = "List the names of the modules.")
  private boolean list;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<ModuleSubject> all = ModuleSubject.all(reason -> err.println("Skipped: " + reason));
    if (list) {
      all.forEach(subject -> out.println(subject.name()));
      out.flush();
      return 0;
    }
    List<ModuleSubject> subjects = chosen(all);
    List<BlockStage> shapes = shapes();
    repeats.check();
    batches.forEach(batch -> Bounds.requireAtLeast("--batch", batch, 1));
    List<ModuleResult> results = measure(subjects, shapes, err);
    if (results.isEmpty()) {
      throw new FailureException("No module could be measured; see the reasons above.");
    }
    ModuleReport report = new ModuleReport(results);
    if (json) {
      Json.print(out, report.toJson());
    } else {
      report.print(out);
    }
    out.flush();
    return 0;
  }

  private List<ModuleResult> measure(
      List<ModuleSubject> subjects, List<BlockStage> shapes, PrintWriter err) {
    ModuleBench bench = new ModuleBench(repeats.warmUp(), repeats.repeats());
    int total = subjects.size() * shapes.size() * batches.size() * precisions.size();
    List<ModuleResult> results = new ArrayList<>();
    try (BenchProgress progress = new BenchProgress(err, total)) {
      for (Precision precision : precisions) {
        for (int batch : batches) {
          for (BlockStage stage : shapes) {
            results.addAll(bench.run(subjects, stage, batch, precision, progress));
          }
        }
      }
    }
    return results;
  }

  private List<ModuleSubject> chosen(List<ModuleSubject> all) {
    List<String> known = all.stream().map(ModuleSubject::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw UsageException.unknown("--module (--list shows them)", name, known);
      }
    }
    return names.isEmpty()
        ? all
        : all.stream().filter(subject -> names.stream().anyMatch(n -> means(n, subject))).toList();
  }

  private static boolean means(String name, ModuleSubject subject) {
    return subject.name().equals(name) || subject.name().startsWith(name + ":");
  }

  private List<BlockStage> shapes() {
    List<BlockStage> found = new ArrayList<>();
    for (int number : stages) {
      found.add(
          BlockStage.RESNET50.stream()
              .filter(stage -> stage.number() == number)
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(
                          "--stage: expected numbers from 1 to 4, but got " + number + ".")));
    }
    return found;
  }
}
