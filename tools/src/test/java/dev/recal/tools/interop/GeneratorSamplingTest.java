package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.TinyGenerator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seed's images in Python, through objects and through the flat graph. */
class GeneratorSamplingTest {

  private static final int COUNT = 5;

  @TempDir private Path directory;

  @Test
  void pythonGeneratesTheSameImages() throws Exception {
    Python.assume("tensorflow");
    Path model = TinyGenerator.write(directory.resolve("model"));
    int latent = TinyGenerator.NETWORK.latent();
    Map<String, TensorValue> reference = new LinkedHashMap<>();
    reference.put("seed", TensorValue.of(new long[] {-5}, new long[0]));
    reference.put("count", TensorValue.of(new int[] {COUNT}, new long[0]));
    Map<String, TensorValue> pair = new LinkedHashMap<>();
    pair.put("z", TensorValue.of(Latents.draw(1, COUNT, latent), COUNT, latent));
    pair.put("style", TensorValue.of(Latents.draw(2, COUNT, latent), COUNT, latent));
    try (Predictor predictor = Predictor.open(model)) {
      Map<String, TensorValue> asked = new LinkedHashMap<>(reference);
      reference.put("images", predictor.call("generate_seeded", asked).get("images"));
      reference.put("mixed", predictor.call("mix", pair).get("images"));
    }
    reference.putAll(pair);
    Path file = directory.resolve("reference.safetensors");
    Safetensors.write(file, reference, Map.of());

    String output = Python.run("sample_with_python.py", model, "--reference", file);

    assertThat(output)
        .contains("ok  Python and Java:", "ok  Python and Java, mixed:", "ok  PNG files and floats")
        .contains(COUNT + " images of seed -5")
        .doesNotContain("BAD");
    assertThat(Python.run("sample_with_python.py", model)).contains("2 images of seed 7");
  }
}
