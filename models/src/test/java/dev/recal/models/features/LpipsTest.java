package dev.recal.models.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.synthesis.loss.Lpips;
import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LPIPS compared with PyTorch, with random weights under the published names. The comparison runs
 * where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torchvision
 * and safetensors.
 */
class LpipsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(LpipsBackbone.class)
  void distanceAndGradientMatchPyTorch(LpipsBackbone backbone) throws Exception {
    Path features = directory.resolve("features.safetensors");
    Path linear = directory.resolve("linear.safetensors");
    Path file = directory.resolve("case.safetensors");
    export(backbone, features, linear, file);
    Path model =
        LpipsConverter.convert(backbone, List.of(features, linear), directory.resolve("model"));
    Map<String, TensorValue> tensors = Safetensors.read(file);

    try (Graph graph = new Graph();
        Session session = new Session(graph);
        ImageDistance distance = new Lpips(model).open(LpipsModel.networks())) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> images = constant(tf, tensors.get("images"));
      Operand<TFloat32> value = distance.between(tf, images, constant(tf, tensors.get("targets")));
      Operand<TFloat32> gradient = Gradients.of(value, List.of(images)).get(0);
      requireClose(session, value, tensors.get("distance"), 1e-5);
      requireClose(session, gradient, tensors.get("gradient"), 1e-3);
      assertThat(distance.description()).startsWith("LPIPS, the feature network in ");
    }
    try (Predictor predictor = Predictor.open(model)) {
      assertThat(predictor.description().signatures()).hasSize(1);
    }
  }

  @Test
  void namesMayHaveAPrefix() throws IOException {
    Path file = directory.resolve("wrapped.safetensors");
    Safetensors.write(
        file,
        Map.of(
            "module._orig_mod.features.0.bias", TensorValue.of(new float[64], 64),
            "model.lin1.model.1.weight", TensorValue.of(new float[192], 1, 192, 1, 1)),
        Map.of());
    LpipsBackbone.Layer first = LpipsBackbone.ALEXNET.layers().get(0);
    try (LpipsWeights weights = LpipsWeights.open(List.of(file))) {
      assertThat(weights.bias(first)).hasSize(64);
      assertThat(weights.linear(1, 192)).hasSize(192);
      assertThatThrownBy(() -> weights.kernel(first))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "There is no tensor features.0.weight, with or without a prefix, in [%s]."
                  .formatted(file));
    }
  }

  private static void requireClose(
      Session session, Operand<TFloat32> operand, TensorValue expected, double tolerance) {
    float[] wanted = expected.floats();
    float[] actual = new float[wanted.length];
    try (Result result = session.runner().fetch(operand).run()) {
      ((TFloat32) result.get(0)).copyTo(DataBuffers.of(actual));
    }
    // Compared by norm: where rounding decides between two pixels of a pooling, single values
    // differ.
    double difference = 0;
    double size = 0;
    for (int i = 0; i < wanted.length; i++) {
      difference += Math.pow(actual[i] - wanted[i], 2);
      size += Math.pow(wanted[i], 2);
    }
    assertThat(size).isPositive();
    assertThat(Math.sqrt(difference / size)).isLessThan(tolerance);
  }

  private static Operand<TFloat32> constant(Ops tf, TensorValue value) {
    return tf.constant(value.shape(), DataBuffers.of(value.floats()));
  }

  private void export(LpipsBackbone backbone, Path features, Path linear, Path file)
      throws IOException, InterruptedException {
    String python = System.getenv("RECAL_TORCH_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_TORCH_PYTHON names no interpreter");
    Path log = directory.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                python,
                repository().resolve("interop/torch_lpips.py").toString(),
                backbone.name().toLowerCase(Locale.ROOT),
                features.toString(),
                linear.toString(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log, StandardCharsets.UTF_8)).isZero();
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  @Test
  void missingTensorsAndOtherShapesAreNamed() throws IOException {
    Path file = directory.resolve("few.safetensors");
    Safetensors.write(file, Map.of("features.0.bias", TensorValue.of(new float[64], 64)), Map.of());
    assertThatThrownBy(
            () ->
                LpipsConverter.convert(
                    LpipsBackbone.ALEXNET, List.of(file), directory.resolve("model")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("There is no tensor features.0.weight")
        .hasMessageContaining("few.safetensors");
    Path wrong = directory.resolve("wrong.safetensors");
    Safetensors.write(
        wrong,
        Map.of("features.0.weight", TensorValue.of(new float[64 * 27], 64, 3, 3, 3)),
        Map.of());
    assertThatThrownBy(
            () ->
                LpipsConverter.convert(
                    LpipsBackbone.ALEXNET, List.of(wrong), directory.resolve("model")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected shape [64, 3, 11, 11], but got [64, 3, 3, 3]");
    assertThat(directory.resolve("model")).doesNotExist();
  }

  @Test
  void rejectsNonFeatureNetworks() {
    assertThatThrownBy(() -> LpipsModel.open(directory.resolve("absent")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("absent");
  }
}
