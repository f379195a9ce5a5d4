package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From VGG-16's weights, as torchvision names them, to styles: with random values. */
@Tag("slow")
class VggStyleTest {

  // The index of each convolution in torchvision's features, and its channels.
  private static final Map<Integer, Integer> LAYERS = new LinkedHashMap<>();

  static {
    int[] indices = {0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28};
    int[] channels = {64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512};
    for (int i = 0; i < indices.length; i++) {
      LAYERS.put(indices[i], channels[i]);
    }
  }

  @TempDir private Path home;

  @Test
  void weightsBecomeALossNetworkThatTrains() throws IOException {
    Path weights = home.resolve("vgg16.safetensors");
    Safetensors.write(weights, weights(), Map.of());
    Path network = home.resolve("vgg16");
    CommandResult converted =
        CommandResult.of("style", "network", "vgg16", weights, "--out", network);
    assertThat(converted.exit()).as(converted.err()).isZero();
    assertThat(converted.out()).contains("relu1_2", "relu4_3");
    for (int i = 0; i < 4; i++) {
      NoiseImages.write(home.resolve("photos").resolve("photo" + i + ".png"), 40, 44, i);
    }
    NoiseImages.write(home.resolve("style.png"), 40, 44, 9);
    one(network);
    arbitrary(network);
  }

  private void one(Path network) throws IOException {
    Path run = home.resolve("one");
    CommandResult trained =
        CommandResult.of(
            words(
                List.of("style", "train", home.resolve("style.png")),
                List.of("--content", home.resolve("photos"), "--loss-network", network),
                List.of("--size", 32, "--batch", 2, "--steps", 3, "--plain", "--out", run),
                List.of("--set", "network.width=4", "--set", "network.blocks=1")));
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("Loss network: ").contains(network.toString());
    // The maps and weights of PyTorch's example.
    assertThat(run.resolve("recipe.json")).content().contains("relu4_3").contains("\"relu2_2\"");
    assertThat(run.resolve("metrics.jsonl")).content().contains("style_loss");
  }

  private void arbitrary(Path network) {
    Path run = home.resolve("arbitrary");
    String levels =
        "network.levels=[{\"channels\":[8]},{\"channels\":[8]},{\"channels\":[8]},{\"channels\":[3]}]";
    String maps = "loss.maps=[\"relu1_1\",\"relu2_1\",\"relu3_1\",\"relu4_1\"]";
    CommandResult trained =
        CommandResult.of(
            words(
                List.of("train", "../recipes/arbitrary-style.json", "--plain", "--out", run),
                List.of("--set", "data.training.path=" + home.resolve("photos")),
                List.of("--set", "styles.path=" + home.resolve("photos")),
                List.of("--set", "network.map=relu4_1", "--set", levels, "--set", maps),
                List.of("--set", "loss.network=" + network, "--set", "data.size=32"),
                List.of("--set", "training.batch=2", "--set", "training.steps=2")));
    assertThat(trained.exit()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("Encoder and loss network: ").contains(network.toString());
  }

  private static Object[] words(List<?>... parts) {
    return List.of(parts).stream().flatMap(List::stream).toArray();
  }

  private static Map<String, TensorValue> weights() {
    Random random = new Random(1);
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    int in = 3;
    for (Map.Entry<Integer, Integer> layer : LAYERS.entrySet()) {
      int out = layer.getValue();
      float[] kernel = new float[out * in * 9];
      double deviation = Math.sqrt(2.0 / (in * 9));
      for (int i = 0; i < kernel.length; i++) {
        kernel[i] = (float) (deviation * random.nextGaussian());
      }
      String name = "features." + layer.getKey();
      tensors.put(name + ".weight", TensorValue.of(kernel, out, in, 3, 3));
      tensors.put(name + ".bias", TensorValue.of(new float[out], out));
      in = out;
    }
    return tensors;
  }
}
