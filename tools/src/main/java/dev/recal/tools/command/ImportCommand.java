package dev.recal.tools.command;

import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.DetectorArchitecture;
import dev.recal.graphs.detection.DetectorJson;
import dev.recal.graphs.detection.StoredDetector;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.weights.Architecture;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.graphs.weights.StoredModel;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.models.weights.Difference;
import dev.recal.models.weights.Globs;
import dev.recal.models.weights.Naming;
import dev.recal.models.weights.NamingMatch;
import dev.recal.models.weights.TensorFile;
import dev.recal.models.weights.WeightImport;
import dev.recal.ops.files.TextFiles;
import dev.recal.tools.console.CommandLineText;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.tensorflow.ndarray.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal import}: imports weights of other libraries. */
@Command(
    name = "import",
    description = {
      "Import the weights of a network or detector from a safetensors file or a TensorFlow"
          + " checkpoint.",
      "Every variable needs a tensor of its shape, and every tensor a variable; options allow"
          + " exceptions."
    },
    footer = {
      "",
      "Examples:",
      "  recal import resnet50 resnet50.safetensors --out weights/resnet50",
      "  recal import se-resnet50 seresnet50.safetensors --names timm --out weights/se",
      "  recal import srm-resnet50 resnet50.safetensors --out weights/srm \\",
      "      --allow-missing '*/recalibration/*'",
      "  recal import resnet50 resnet50.safetensors --classes 10 --new-head --out weights/ten",
      "  recal import detector.json maskrcnn.safetensors --out weights/maskrcnn",
      "then",
      "  recal export weights/resnet50 models/resnet50",
      "  recal train RECIPE --weights weights/resnet50"
    })
public final class ImportCommand implements Callable<Integer> {

  private static final int SIZE_OF_FILES = 224;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "NETWORK",
      description = "A network's name, or the JSON file of a network or detector.")
  private String network;

  @Parameters(
      index = "1",
      paramLabel = "WEIGHTS",
      description = "A safetensors file, the prefix of a TensorFlow checkpoint, or its directory.")
  private Path weights;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "CHECKPOINT",
      description = "Output directory.")
  private Path out;

  @Option(
      names = "--names",
      paramLabel = "NAMES",
      description =
          "Naming convention of the tensors: recal, torchvision, timm, srm, an, aognet, or a file"
              + " of rules (default: the closest).")
  private String names;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description =
          "Prefix of the tensors' names in the file, such as module. or model.backbone. (default: the best match).")
  private String prefix;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes (default: the network's).")
  private Integer classes;

  @Option(
      names = "--new-head",
      description = "Skip the tensors of the head, which stays randomly initialised.")
  private boolean newHead;

  @Option(
      names = "--allow-missing",
      paramLabel = "GLOB",
      description =
          "Variables or tensors that may be missing; the variables keep their initial values.")
  private List<String> absent = new ArrayList<>();

  @Option(
      names = "--allow-unexpected",
      paramLabel = "GLOB",
      description = "Tensors that may have no variable; they are skipped.")
  private List<String> surplus = new ArrayList<>();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "File of class names, one per line (default: numbers).")
  private Path labels;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "Height and width of the images (default: the published size of the network).")
  private Integer imageSize;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Random seed for variables that are not in the file (${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Outputs.requireNew(out);
    PrintWriter writer = spec.commandLine().getOut();
    Wanted wanted = wanted();
    Architecture chosen = wanted.architecture();
    int size = wanted.imageSize();
    Map<String, Shape> variables = UsageException.check(() -> NetworkVariables.of(chosen, size));
    Set<String> kept = newHead ? NetworkVariables.head(chosen, size) : Set.of();
    List<String> classNames = classNames(chosen.classes());
    try (TensorFile file = TensorFile.open(weights)) {
      NamingMatch fitting =
          NamingMatch.find(
              chosen,
              variables,
              file,
              kept,
              Optional.ofNullable(names),
              Optional.ofNullable(prefix));
      Naming naming = fitting.naming();
      Difference difference = fitting.difference();
      if (!fitting.prefix().isEmpty()) {
        writer.println("Prefix of the tensors' names, removed: " + fitting.prefix());
      }
      Difference refused = difference.allowing(Globs.any(absent), Globs.any(surplus));
      if (refused.size() > 0) {
        refuse(writer, naming, difference, refused);
      }
      StoredModel target = wanted.target(naming, classNames);
      WeightImport.write(target, fitting.file(), difference.fitting(), seed);
      report(writer, naming, difference, variables.size());
    }
    return 0;
  }

  private void refuse(
      PrintWriter writer, Naming naming, Difference difference, Difference refused) {
    DifferenceText.print(writer, refused);
    writer.flush();
    String hint =
        refused.misfits().isEmpty()
            ? " Use --allow-missing and --allow-unexpected to allow differences."
            : " Use --classes N for another number of classes, and --new-head to skip the head.";
    throw new FailureException(
        weights
            + " does not contain the weights of "
            + network
            + " under the names of "
            + naming.word()
            + ": "
            + refused.summary()
            + "; "
            + difference.fitting().size()
            + " tensors match."
            + hint);
  }

  private void report(PrintWriter writer, Naming naming, Difference difference, int variables) {
    int fitting = difference.fitting().size();
    writer.println("Names of " + naming.word() + ": " + fitting + " tensors imported");
    if (fitting < variables) {
      writer.println((variables - fitting) + " variables keep their initial values");
    }
    if (!difference.unexpected().isEmpty()) {
      writer.println(difference.unexpected().size() + " tensors skipped");
    }
    writer.println("Wrote " + out);
    if (StoredNetwork.isAt(out)) {
      writer.println("Next: " + CommandLineText.of("export", out, "MODEL"));
    }
    writer.flush();
  }

  /** What weights are imported into. */
  private interface Wanted {

    Architecture architecture();

    int imageSize();

    StoredModel target(Naming naming, List<String> classNames);
  }

  private final class WantedNetwork implements Wanted {

    private final Networks.Preset preset;

    WantedNetwork(Networks.Preset preset) {
      this.preset = preset;
    }

    @Override
    public Architecture architecture() {
      return Architecture.of(preset.network());
    }

    @Override
    public int imageSize() {
      return imageSize == null ? preset.imageSize() : imageSize;
    }

    @Override
    public StoredModel target(Naming naming, List<String> classNames) {
      Networks.Preset sized = new Networks.Preset(preset.name(), preset.network(), imageSize());
      return new StoredNetwork(out, WeightImport.description(sized, weights, naming), classNames);
    }
  }

  private final class WantedDetector implements Wanted {

    private final Detector detector;

    WantedDetector(Detector detector) {
      this.detector = detector;
    }

    @Override
    public Architecture architecture() {
      return new DetectorArchitecture(detector);
    }

    @Override
    public int imageSize() {
      return DetectorArchitecture.IMAGE_SIZE;
    }

    @Override
    public StoredModel target(Naming naming, List<String> classNames) {
      return new StoredDetector(
          out,
          new StoredDetector.Description(detector, WeightImport.origin(weights, naming)),
          classNames);
    }
  }

  private Wanted wanted() throws IOException {
    Path file = Path.of(network);
    if (!network.endsWith(".json") || !UsageException.check(() -> DetectorJson.describes(file))) {
      return new WantedNetwork(preset());
    }
    if (imageSize != null) {
      throw new UsageException("--image-size: detectors take images of any size.");
    }
    Detector read = UsageException.check(() -> DetectorJson.read(file));
    return new WantedDetector(classes == null ? read : read.withClasses(classes));
  }

  private Networks.Preset preset() throws IOException {
    Networks.Preset found;
    if (network.endsWith(".json")) {
      Path file = Path.of(network);
      Network read = UsageException.check(() -> NetworkJson.read(file));
      found = new Networks.Preset(network, read, SIZE_OF_FILES);
    } else if (Networks.names().contains(network)) {
      found = Networks.preset(network);
    } else {
      throw UsageException.unknown("NETWORK", network, Networks.names());
    }
    if (classes == null) {
      return found;
    }
    Network sized = found.network().withClasses(classes);
    return new Networks.Preset(found.name(), sized, found.imageSize());
  }

  private List<String> classNames(int count) throws IOException {
    if (labels == null) {
      return WeightImport.numbers(count);
    }
    List<String> read = TextFiles.lines(labels);
    if (read.size() != count) {
      throw new UsageException(
          "--labels: expected one line for each of the "
              + count
              + " classes, but "
              + labels
              + " has "
              + read.size()
              + ".");
    }
    return read;
  }
}
