package dev.recal.graphs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

class GeneratorServableTest {

  private static final int SIZE = 32;
  private static final FastGanGenerator GENERATOR =
      FastGanGenerator.of(SIZE, SkipKind.SLIM).width(8);
  private static final int LATENT = GENERATOR.latent();
  private static final int PIXELS = SIZE * SIZE * 3;

  private Graph graph;
  private Session session;
  private Map<String, ServableSignature> signatures;

  @BeforeEach
  void build() {
    graph = new Graph();
    Servable servable = GeneratorServable.build(graph, GENERATOR, 3);
    signatures = new LinkedHashMap<>();
    servable.signatures().forEach(signature -> signatures.put(signature.key(), signature));
    session = new Session(graph);
    servable.store().initialize(session);
  }

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  @Test
  void everySignatureIsThere() {
    assertThat(signatures)
        .containsOnlyKeys(
            "serving_default",
            "generate",
            "generate_seeded",
            "mix",
            "generate_bytes",
            "generate_seeded_bytes");
    for (String key : List.of("serving_default", "generate", "generate_seeded", "mix")) {
      assertThat(signatures.get(key).outputs().get("images").shape().asArray())
          .containsExactly(-1, SIZE, SIZE, 3);
    }
    assertThat(signatures.get("generate_seeded_bytes").inputs()).containsOnlyKeys("seed", "count");
    assertThat(signatures.get("generate_bytes").outputs()).containsOnlyKeys("image_bytes");
  }

  @Test
  void imagesOfASeedDoNotDependOnTheCount() {
    float[] five = seeded(7, 5);
    float[] two = seeded(7, 2);
    float[] drawn = generate(Latents.draw(7, 5, LATENT));

    assertThat(five).hasSize(5 * PIXELS);
    for (float value : five) {
      assertThat(value).isBetween(0f, 1f);
    }
    assertThat(two).containsExactly(Arrays.copyOf(five, 2 * PIXELS), within(1e-6f));
    assertThat(drawn).containsExactly(five, within(1e-6f));
    assertThat(seeded(8, 2)).isNotEqualTo(two);
  }

  @Test
  void imageDoesNotDependOnItsBatchPosition() {
    float[] z = Latents.draw(1, 3, LATENT);
    float[] all = generate(z);
    float[] last = generate(Latents.row(z, LATENT, 2));
    assertThat(last)
        .containsExactly(Arrays.copyOfRange(all, 2 * PIXELS, 3 * PIXELS), within(1e-6f));
  }

  @Test
  void mixingWithItselfChangesNothingAndWithAnotherDoes() {
    float[] z = Latents.draw(1, 2, LATENT);
    float[] style = Latents.draw(2, 2, LATENT);
    assertThat(mix(z, z)).containsExactly(generate(z), within(1e-6f));
    float[] mixed = mix(z, style);
    assertThat(mixed).isNotEqualTo(generate(z)).isNotEqualTo(generate(style));
  }

  @Test
  void filesHoldTheImagesRoundedToBytes() throws Exception {
    float[] z = Latents.draw(4, 2, LATENT);
    float[] images = generate(z);
    List<byte[]> files;
    try (Tensor fed = vectors(z);
        Result result = run("generate_bytes", Map.of("z", fed))) {
      files = strings(result.get(0));
    }
    assertThat(files).hasSize(2);
    for (int row = 0; row < 2; row++) {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(files.get(row)));
      assertThat(image.getWidth()).isEqualTo(SIZE);
      for (int i = 0; i < SIZE * SIZE; i++) {
        int rgb = image.getRGB(i % SIZE, i / SIZE);
        for (int channel = 0; channel < 3; channel++) {
          int level = rgb >> 8 * (2 - channel) & 255;
          assertThat(level)
              .isEqualTo((int) Math.floor(images[row * PIXELS + i * 3 + channel] * 255 + 0.5f));
        }
      }
    }
  }

  @Test
  void seededFilesAreTheSeededImages() {
    List<byte[]> one;
    List<byte[]> other;
    try (Tensor seed = TInt64.scalarOf(9);
        Tensor count = TInt32.scalarOf(2);
        Tensor z = vectors(Latents.draw(9, 2, LATENT))) {
      try (Result result = run("generate_seeded_bytes", Map.of("seed", seed, "count", count))) {
        one = strings(result.get(0));
      }
      try (Result result = run("generate_bytes", Map.of("z", z))) {
        other = strings(result.get(0));
      }
    }
    assertThat(one.get(0)).isEqualTo(other.get(0));
    assertThat(one.get(1)).isEqualTo(other.get(1)).isNotEqualTo(one.get(0));
  }

  @Test
  void rejectsInvalidCounts() {
    assertThat(GeneratorServable.maxImages(SIZE)).isEqualTo(4096);
    assertThat(GeneratorServable.maxImages(1024)).isEqualTo(4);
    for (int count : new int[] {0, -1, 4097, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> seeded(1, count))
          .hasMessageContaining("count: expected from 1 to 4096, but got:")
          .hasMessageContaining(Integer.toString(count));
    }
  }

  private float[] generate(float[] z) {
    try (Tensor fed = vectors(z);
        Result result = run("generate", Map.of("z", fed))) {
      return floats(result.get(0));
    }
  }

  private float[] mix(float[] z, float[] style) {
    try (Tensor fed = vectors(z);
        Tensor other = vectors(style);
        Result result = run("mix", Map.of("z", fed, "style", other))) {
      return floats(result.get(0));
    }
  }

  private float[] seeded(long seed, int count) {
    try (Tensor number = TInt64.scalarOf(seed);
        Tensor rows = TInt32.scalarOf(count);
        Result result = run("generate_seeded", Map.of("seed", number, "count", rows))) {
      return floats(result.get(0));
    }
  }

  private Result run(String key, Map<String, Tensor> inputs) {
    ServableSignature signature = signatures.get(key);
    Session.Runner runner = session.runner();
    inputs.forEach((name, tensor) -> runner.feed(signature.inputs().get(name).asOutput(), tensor));
    signature.outputs().values().forEach(runner::fetch);
    return runner.run();
  }

  private static Tensor vectors(float[] values) {
    return TFloat32.tensorOf(Shape.of(values.length / LATENT, LATENT), DataBuffers.of(values));
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static List<byte[]> strings(Tensor tensor) {
    List<byte[]> strings = new ArrayList<>();
    ((TString) tensor).asBytes().scalars().forEach(s -> strings.add(s.getObject()));
    return strings;
  }
}
