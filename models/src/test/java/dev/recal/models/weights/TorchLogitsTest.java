package dev.recal.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.network.Networks;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Networks compared with PyTorch's, with random weights assigned in execution order. Runs where the
 * environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torchvision, timm and
 * safetensors.
 */
class TorchLogitsTest {

  private static String python;

  @TempDir Path directory;

  @BeforeAll
  static void findPython() {
    python = System.getenv("RECAL_TORCH_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_TORCH_PYTHON names no interpreter");
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, resnet18, 64",
    "resnet50, resnet50, 95",
    "resnext50_32x4d, resnext50-32x4d, 64",
    "densenet121, densenet121, 95",
    "densenet121, densenet121, 224",
    "mobilenet_v2, mobilenetv2, 95",
    "shufflenet_v2_x0_5, shufflenetv2-0.5, 95",
    "shufflenet_v2_x1_0, shufflenetv2-1.0, 64",
    "timm/mobilenetv1_100, mobilenetv1, 95",
  })
  void givesSameOutputs(String torchName, String name, int pixels) throws Exception {
    Path file = directory.resolve("case.safetensors");
    export(torchName, pixels, file);
    Map<String, TensorValue> tensors = Safetensors.read(file);
    float[] expected = tensors.get("logits").floats();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 1);
      Ops tf = Ops.create(graph);
      Operand<TFloat32> images = constant(tf, tensors.get("images"));
      Operand<TFloat32> logits =
          Networks.named(name).build(BuildContext.of(store, Tower.serving()), images).logits();
      assign(tf, session, store, tensors);
      float[] actual = new float[expected.length];
      try (var result = session.runner().fetch(logits).run()) {
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(actual);
      }
      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-4 * largest));
      }
    }
  }

  private static void assign(
      Ops tf, Session session, VariableStore store, Map<String, TensorValue> tensors) {
    List<Variable<?>> variables = List.copyOf(store.all());
    assertThat(variables).hasSize(tensors.size() - 2);
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      TensorValue value = tensors.get(String.format("%04d", i));
      assertThat(value.shape()).as(variables.get(i).name()).isEqualTo(variables.get(i).shape());
      assignments.add(tf.assignVariableOp(variables.get(i).handle(), constant(tf, value)));
    }
    session.run(tf.withControlDependencies(assignments).noOp());
  }

  private static Operand<TFloat32> constant(Ops tf, TensorValue value) {
    return tf.constant(value.shape(), DataBuffers.of(value.floats()));
  }

  private void export(String model, int pixels, Path file)
      throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    String script = repository().resolve("interop/torch_logits.py").toString();
    Process process =
        new ProcessBuilder(python, script, model, file.toString(), String.valueOf(pixels))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log, StandardCharsets.UTF_8)).isEqualTo(0);
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
