package dev.recal.tools.command;

import dev.recal.graphs.weights.NameMap;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.models.weights.Difference;
import dev.recal.models.weights.Globs;
import dev.recal.models.weights.Naming;
import dev.recal.models.weights.NetworkFile;
import dev.recal.models.weights.WeightExport;
import dev.recal.ops.files.CreatedDirectories;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.weights.DifferenceText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.tensorflow.ndarray.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal export-weights}: exports a network's weights for other libraries. */
@Command(
    name = "export-weights",
    description = "Export weights as a safetensors file or a TensorFlow checkpoint.",
    footer = {
      "",
      "Examples:",
      "  recal export-weights runs/cifar10-srm --out srm.safetensors",
      "  recal export-weights models/resnet50 --names torchvision --out resnet50.safetensors",
      "  recal export-weights weights/resnet50 --out checkpoints/resnet50"
    })
public final class ExportWeightsCommand implements Callable<Integer> {

  private static final String RECAL = "recal";
  private static final String SAFETENSORS = ".safetensors";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "WEIGHTS",
      description = "Imported weights, a run (its best checkpoint), a checkpoint or a SavedModel.")
  private Path weights;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "A .safetensors file, or the prefix of a TensorFlow checkpoint.")
  private Path out;

  @Option(
      names = "--names",
      paramLabel = "NAMES",
      defaultValue = RECAL,
      description =
          "Naming convention and layouts: recal, torchvision, timm, srm, an, aognet, or a file of"
              + " rules (${DEFAULT-VALUE}).")
  private String names;

  @Option(names = "--leave-out", paramLabel = "GLOB", description = "Variables to leave out.")
  private List<String> leftOut = new ArrayList<>();

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    boolean safetensors = out.toString().endsWith(SAFETENSORS);
    if (!safetensors && (!names.equals(RECAL) || !leftOut.isEmpty())) {
      throw new UsageException(
          "--out: expected a .safetensors file with --names or --leave-out, since a TensorFlow"
              + " checkpoint contains all variables under their own names, but got "
              + out
              + ".");
    }
    Outputs.requireDirectory(out.toAbsolutePath().getParent());
    int count;
    try (CreatedDirectories parents = CreatedDirectories.of(out.toAbsolutePath().getParent());
        NetworkFile from = NetworkFile.open(weights)) {
      Outputs.requireWritable(safetensors ? out : Path.of(out + ".index"), force);
      Map<String, Shape> variables = NetworkVariables.of(from.architecture(), from.imageSize());
      requireComplete(from, variables);
      count =
          safetensors
              ? WeightExport.safetensors(from.tensors(), names(from, variables), out)
              : WeightExport.checkpoint(from, out.toString());
      parents.keep();
    }
    PrintWriter writer = spec.commandLine().getOut();
    writer.println("Wrote " + count + " tensors to " + out + " with the names of " + names);
    writer.flush();
    return 0;
  }

  private void requireComplete(NetworkFile from, Map<String, Shape> variables) {
    Difference difference =
        Difference.of(NameMap.identity(variables), from.tensors().tensors(), Set.of());
    if (difference.size() > 0) {
      PrintWriter writer = spec.commandLine().getOut();
      DifferenceText.print(writer, difference);
      writer.flush();
      throw new FailureException(
          from.tensors().name()
              + " does not contain its network's variables: "
              + difference.summary()
              + ".");
    }
  }

  private NameMap names(NetworkFile from, Map<String, Shape> variables) throws IOException {
    NameMap all = Naming.of(names, from.architecture(), variables).map();
    Predicate<String> left = Globs.any(leftOut);
    List<String> nameless = all.unnamed().stream().filter(path -> !left.test(path)).toList();
    if (!nameless.isEmpty()) {
      throw new FailureException(
          nameless.size()
              + " variables have no name in "
              + names
              + ", for example "
              + nameless.get(0)
              + "; leave them out with --leave-out, or name them in a file of rules.");
    }
    return new NameMap(
        all.weights().stream().filter(weight -> !left.test(weight.variable())).toList(),
        List.of(),
        all.counters());
  }
}
