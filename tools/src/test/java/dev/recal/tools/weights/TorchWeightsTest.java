package dev.recal.tools.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** PyTorch's networks with random weights give the same logits after import and export. */
class TorchWeightsTest {

  private static final double TOLERANCE = 1e-4;
  private static final String PHOTOGRAPH = "goldfinch";

  @TempDir Path directory;

  @BeforeAll
  static void assumeTorch() {
    Torch.assume();
  }

  @ParameterizedTest
  @CsvSource({"resnet18, resnet18, torchvision", "an-resnet50, an-resnet50, an"})
  void logitsAgree(String family, String network, String names) throws Exception {
    assertAgrees(family, network, names);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "resnet50, resnet50, torchvision",
    "resnet152, resnet152, torchvision",
    "resnext50, resnext50-32x4d, torchvision",
    "resnext101, resnext101-32x8d, torchvision",
    "timm-resnet34, resnet34, timm",
    "timm-resnet50d, resnet50-v1d, timm",
    "timm-seresnet50, se-resnet50, timm",
    "srm-resnet50, srm-resnet50, srm",
    "srm-se-resnet50, se-resnet50, srm",
    "srm-ge-resnet50, ge-resnet50, srm",
    "aognet-resnet50, an-resnet50, aognet",
    "densenet121, densenet121, torchvision",
    "densenet169, densenet169, torchvision",
    "densenet201, densenet201, torchvision",
    "an-densenet121, an-densenet121, an",
    "mobilenetv2, mobilenetv2, torchvision",
    "timm-mobilenetv2, mobilenetv2, timm",
    "an-mobilenetv2, an-mobilenetv2, an",
    "aognet-mobilenetv2, an-mobilenetv2, aognet",
    "shufflenetv2-0.5, shufflenetv2-0.5, torchvision",
    "shufflenetv2-1.0, shufflenetv2-1.0, torchvision",
    "shufflenetv2-1.5, shufflenetv2-1.5, torchvision",
    "shufflenetv2-2.0, shufflenetv2-2.0, torchvision"
  })
  void logitsOfEveryFamilyAgree(String family, String network, String names) throws Exception {
    assertAgrees(family, network, names);
  }

  private void assertAgrees(String family, String network, String names) throws Exception {
    Path made = directory.resolve("made");
    List<Object> arguments = new ArrayList<>(List.of("make", family, made));
    if (Torch.photographs().isPresent()) {
      arguments.addAll(List.of("--image", photograph()));
    }
    Torch.run(arguments.toArray());
    Path stored = directory.resolve("stored");
    List<Object> words =
        new ArrayList<>(
            List.of("import", network, made.resolve("weights.safetensors"), "--out", stored));
    // Some of timm's names are torchvision's too.
    if (names.equals("timm")) {
      words.addAll(List.of("--names", names));
    }
    CommandResult imported = CommandResult.of(words.toArray());
    assertThat(imported.err()).isEmpty();
    assertThat(imported.exit()).isZero();
    assertThat(imported.out()).contains("Names of " + names + ": ");

    Map<String, TensorValue> expected = Safetensors.read(made.resolve("expected.safetensors"));
    float[] logits = logits(StoredNetwork.open(stored), expected.get("images"));
    double error = relativeError(logits, expected.get("logits").floats());
    System.out.printf("%s: relative error %.2e%n", family, error);
    assertThat(error).isLessThan(TOLERANCE);

    Path back = directory.resolve("back.safetensors");
    CommandResult exported =
        CommandResult.of("export-weights", stored, "--names", names, "--out", back);
    assertThat(exported.exit()).as(exported.err()).isZero();
    assertThat(Torch.run("check", family, made, back)).contains(family + ": relative error");
  }

  private Path photograph() throws IOException {
    Path file = directory.resolve("photograph.jpg");
    try (ZipFile zip = new ZipFile(Torch.photographs().orElseThrow().toFile())) {
      ZipEntry entry =
          zip.stream().filter(e -> e.getName().contains(PHOTOGRAPH)).findFirst().orElseThrow();
      Files.write(file, zip.getInputStream(entry).readAllBytes());
    }
    return file;
  }

  private static float[] logits(StoredNetwork stored, TensorValue images) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      Placeholder<TFloat32> input =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 224, 224, 3)));
      Operand<TFloat32> logits =
          stored
              .description()
              .network()
              .build(BuildContext.of(store, Tower.serving()), input)
              .logits();
      Saver saver = Saver.add(GraphScope.ops(graph), "restore", store.all());
      try (Session session = new Session(graph)) {
        saver.restore(session, stored.prefix());
        try (Tensor fed = Tensors.toTensor(images);
            Result result = session.runner().feed(input, fed).fetch(logits).run()) {
          return Tensors.toValue(result.get(0)).floats();
        }
      }
    }
  }

  // The largest difference relative to the largest logit.
  private static double relativeError(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double greatest = 0;
    for (int i = 0; i < actual.length; i++) {
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
      greatest = Math.max(greatest, Math.abs(expected[i]));
    }
    return difference / greatest;
  }
}
