package dev.recal.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.FastGanJson;
import dev.recal.models.TorchScript;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * FastGAN compared with its equations in PyTorch ({@code interop/torch_fastgan.py}): outputs,
 * gradients and statistics. Runs where the environment variable {@code RECAL_TORCH_PYTHON} names an
 * interpreter with torch and safetensors.
 */
class TorchFastGanTest {

  private static final double OUTPUTS = 1e-5;
  private static final double GRADIENTS = 1e-4;

  @TempDir Path directory;

  private static final FastGan PLAIN = of("32, \"skip\": \"none\", \"width\": 16");
  private static final FastGan EXCITED = of("32, \"skip\": \"sle\", \"width\": 16");
  private static final FastGan MODULATED = of("64, \"skip\": \"slim\", \"width\": 16");
  private static final FastGan MIDDLE = of("128, \"skip\": \"slim\", \"width\": 8");
  private static final FastGan LARGE = of("512, \"skip\": \"slim\", \"width\": 8");
  private static final FastGan LARGEST = of("1024, \"skip\": \"sle\", \"width\": 8");
  private static final FastGan NOISY =
      of(
          "64, \"width\": 8, \"latent\": 24, \"tanh\": true, \"skip\": ["
              + "{\"from\": 4, \"to\": 16, \"layer\": \"sle\"},"
              + "{\"from\": 16, \"to\": 64, \"layer\": {\"type\": \"skip-layer-slim\","
              + " \"groups\": 2, \"reduction\": 4, \"noise\": true, \"spectral\": true}}]");

  private static FastGan of(String sizeAndMore) {
    return FastGanJson.read("{\"size\": " + sizeAndMore + "}");
  }

  @TestFactory
  Stream<DynamicTest> givesSameOutputs() throws Exception {
    return tests(
        List.of(
            new FastGanCase("generator", NOISY, true),
            new FastGanCase("generator", NOISY, false),
            new FastGanCase("generator", MODULATED, false),
            new FastGanCase("mix", MODULATED, false),
            new FastGanCase("discriminator", MODULATED, true),
            new FastGanCase("discriminator", MIDDLE, false)));
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> givesSameOutputsAtOtherSizes() throws Exception {
    return tests(
        List.of(
            new FastGanCase("generator", PLAIN, true),
            new FastGanCase("generator", PLAIN, false),
            new FastGanCase("generator", EXCITED, true),
            new FastGanCase("generator", MODULATED, true),
            new FastGanCase("mix", EXCITED, false),
            new FastGanCase("mix", NOISY, false),
            new FastGanCase("discriminator", PLAIN, true),
            new FastGanCase("discriminator", PLAIN, false),
            new FastGanCase("generator", LARGE, false),
            new FastGanCase("discriminator", LARGE, false),
            new FastGanCase("generator", LARGEST, false),
            new FastGanCase("discriminator", LARGEST, false)));
  }

  private Stream<DynamicTest> tests(List<FastGanCase> cases) throws Exception {
    TorchScript script = TorchScript.find("torch_fastgan.py", directory);
    List<Map<String, float[]>> ours = new ArrayList<>();
    for (FastGanCase one : cases) {
      ours.add(one.run(script.testCase(ours.size())));
    }
    script.run(cases.size());
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<String, TensorValue> theirs = Safetensors.read(script.answer(i));
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
          // A bias before a batch norm has a gradient of rounding errors only.
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
}
