package dev.recal.graphs.style.training;

import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.DecoderLevel;
import dev.recal.graphs.style.loss.ArbitraryLoss;
import dev.recal.graphs.style.loss.LossFeatures;
import dev.recal.models.TorchScript;
import dev.recal.models.features.RandomVgg;
import dev.recal.models.features.VggConverter;
import dev.recal.models.features.VggInput;
import dev.recal.models.features.VggNetwork;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole training step of a decoder for arbitrary styles compared with its equations in PyTorch in
 * double precision ({@code interop/torch_arbitrary_style.py}): losses, gradients and new weights.
 * Runs where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torch
 * and safetensors.
 */
@Tag("slow")
class TorchArbitraryStyleStepTest {

  private static final long SEED = 5;
  // Of 20 layers in float32: 4e-4 with TensorFlow's own convolutions, below 1e-4 with oneDNN's.
  private static final double ROUNDING = 1e-3;

  @TempDir Path directory;

  @Test
  void takesTheSameStepWithRandomFeatures() throws Exception {
    ArbitraryStyle network =
        new ArbitraryStyle(
            "relu3_3",
            List.of(
                new DecoderLevel(List.of(6)),
                new DecoderLevel(List.of(6, 5)),
                new DecoderLevel(List.of(4)),
                new DecoderLevel(List.of(4, 3))));
    List<String> maps = List.of("relu1_2", "relu2_2", "relu3_3");
    compare(
        new ArbitraryStyleStepCase(
            network,
            new ArbitraryLoss(new LossFeatures(Optional.empty(), SEED), maps, 2, 10),
            List.of(0, 1, 2),
            StepTensors.kernels(SEED)),
        StepComparison.TOLERANCE);
  }

  // The published decoder and maps; VGG-19's weights are random.
  @Test
  void takesTheSameStepWithVgg() throws Exception {
    Map<String, TensorValue> weights = RandomVgg.weights(VggNetwork.VGG19, SEED);
    List<String> maps = List.of("relu1_1", "relu2_1", "relu3_1", "relu4_1");
    compare(
        new ArbitraryStyleStepCase(
            ArbitraryStyle.vgg(),
            new ArbitraryLoss(new LossFeatures(Optional.of(converted(weights)), SEED), maps, 1, 10),
            List.of(0, 5, 10, 19),
            upTo(19, weights)),
        ROUNDING);
  }

  private Path converted(Map<String, TensorValue> weights) throws IOException {
    Path file = directory.resolve("vgg19.safetensors");
    Safetensors.write(file, weights, Map.of());
    return VggConverter.convert(
        VggNetwork.VGG19, VggInput.TORCHVISION, List.of(file), directory.resolve("vgg19"));
  }

  private static Map<String, TensorValue> upTo(int last, Map<String, TensorValue> weights) {
    Map<String, TensorValue> encoder = new LinkedHashMap<>();
    weights.forEach(
        (name, value) -> {
          if (Integer.parseInt(name.split("\\.")[1]) <= last) {
            encoder.put("vgg:" + name, value);
          }
        });
    return encoder;
  }

  private void compare(ArbitraryStyleStepCase one, double tolerance) throws Exception {
    TorchScript script = TorchScript.find("torch_arbitrary_style.py", directory);
    Map<String, double[]> ours = one.run(script.testCase(0));
    script.run(1);
    StepComparison.compare(ours, Safetensors.read(script.answer(0)), tolerance);
  }
}
