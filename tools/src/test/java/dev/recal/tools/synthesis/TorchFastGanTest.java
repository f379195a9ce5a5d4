package dev.recal.tools.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.FastGanJson;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * PyTorch, given FastGAN's equations by {@code interop/torch_fastgan.py}, answers, differentiates
 * and steps its statistics as the networks here do. Runs where the environment variable {@code
 * RECAL_TORCH_PYTHON} names an interpreter with torch and safetensors.
 */
class TorchFastGanTest {

  private static final double OUTPUTS = 1e-5;
  private static final double GRADIENTS = 1e-4;

  @TempDir Path directory;

  private static List<FastGanCase> cases() {
    FastGan plain = FastGanJson.read("{\"size\": 32, \"skip\": \"none\", \"width\": 16}");
    FastGan excited = FastGanJson.read("{\"size\": 32, \"skip\": \"sle\", \"width\": 16}");
    FastGan modulated = FastGanJson.read("{\"size\": 64, \"skip\": \"slim\", \"width\": 16}");
    FastGan noisy =
        FastGanJson.read(
            "{\"size\": 64, \"width\": 8, \"latent\": 24, \"tanh\": true, \"skip\": ["
                + "{\"from\": 4, \"to\": 16, \"layer\": \"sle\"},"
                + "{\"from\": 16, \"to\": 64, \"layer\": {\"type\": \"skip-layer-slim\","
                + " \"groups\": 2, \"reduction\": 4, \"noise\": true, \"spectral\": true}}]}");
    FastGan middle = FastGanJson.read("{\"size\": 128, \"skip\": \"slim\", \"width\": 8}");
    List<FastGanCase> cases = new ArrayList<>();
    for (boolean training : List.of(true, false)) {
      for (FastGan networks : List.of(plain, excited, modulated, noisy)) {
        cases.add(new FastGanCase("generator", networks, training));
      }
      for (FastGan networks : List.of(plain, middle)) {
        cases.add(new FastGanCase("discriminator", networks, training));
      }
    }
    for (FastGan networks : List.of(excited, modulated, noisy)) {
      cases.add(new FastGanCase("mix", networks, false));
    }
    FastGan larger = FastGanJson.read("{\"size\": 512, \"skip\": \"slim\", \"width\": 8}");
    FastGan largest = FastGanJson.read("{\"size\": 1024, \"skip\": \"sle\", \"width\": 8}");
    for (FastGan networks : List.of(larger, largest)) {
      cases.add(new FastGanCase("generator", networks, false));
      cases.add(new FastGanCase("discriminator", networks, false));
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> answersAlike() throws Exception {
    String python = System.getenv("RECAL_TORCH_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_TORCH_PYTHON names no interpreter");
    List<FastGanCase> cases = cases();
    List<Map<String, float[]>> ours = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (FastGanCase one : cases) {
      Path file = directory.resolve("case" + ours.size() + ".safetensors");
      files.add(file.toString());
      files.add(answer(ours.size()).toString());
      ours.add(one.run(file));
    }
    run(python, files);
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<String, TensorValue> theirs = Safetensors.read(answer(i));
      Map<String, float[]> results = ours.get(i);
      tests.add(DynamicTest.dynamicTest(cases.get(i).title(), () -> compare(results, theirs)));
    }
    return tests.stream();
  }

  private static void compare(Map<String, float[]> ours, Map<String, TensorValue> theirs) {
    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
    double steepest =
        theirs.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("gradient:"))
            .mapToDouble(entry -> largest(entry.getValue().doubles()))
            .max()
            .orElse(0);
    theirs.forEach(
        (name, value) -> {
          double[] expected = value.doubles();
          boolean gradient = name.startsWith("gradient:");
          // A bias before a batch norm has no gradient but rounding.
          double floor = gradient ? 1e-6 * steepest : 1e-6;
          double allowed = (gradient ? GRADIENTS : OUTPUTS) * largest(expected) + floor;
          assertThat(difference(ours.get(name), expected)).as(name).isLessThanOrEqualTo(allowed);
        });
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double difference(float[] ours, double[] theirs) {
    assertThat(ours).hasSameSizeAs(theirs);
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      // A NaN here must not pass.
      double apart = Math.abs(ours[i] - theirs[i]);
      difference = Double.isNaN(apart) ? apart : Math.max(difference, apart);
    }
    return difference;
  }

  private Path answer(int index) {
    return directory.resolve("answer" + index + ".safetensors");
  }

  private void run(String python, List<String> files) throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    List<String> command = new ArrayList<>(List.of(python));
    command.add(repository().resolve("interop/torch_fastgan.py").toString());
    command.addAll(files);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
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
