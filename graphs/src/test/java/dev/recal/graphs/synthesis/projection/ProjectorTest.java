package dev.recal.graphs.synthesis.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

class ProjectorTest {

  private static final FastGanGenerator GENERATOR = FastGanGenerator.of(32, SkipKind.SLE).width(8);
  private static final ProjectionSettings SETTINGS = new ProjectionSettings(10, 3, 100, 0.1, 5);

  @TempDir private Path directory;

  @Test
  void recoversLatentOfGeneratedImage() throws IOException {
    float[] target = made(Latents.draw(77, 1, GENERATOR.latent()));
    try (Projector projector = projector()) {
      List<Integer> steps = new ArrayList<>();
      Projection found = projector.project(target, steps::add);

      assertThat(steps).hasSize(100).startsWith(1, 2).endsWith(100);
      assertThat(found.distance()).isLessThan(0.5 * found.startDistance());
      assertThat(found.image()).hasSameSizeAs(target);
      double squares = 0;
      for (int i = 0; i < target.length; i++) {
        squares += Math.pow(target[i] - found.image()[i], 2) / target.length;
      }
      assertThat(found.rootMeanSquare()).isCloseTo(Math.sqrt(squares), within(1e-6));
      // The vector is the one whose image was reported.
      assertThat(made(found.z())).containsExactly(found.image(), within(1e-4f));

      Projection again = projector.project(target, step -> {});
      assertThat(again.distance()).isCloseTo(found.distance(), within(0.02 * found.distance()));
    }
  }

  @Test
  void rejectsOtherImageSizesAndInvalidSettings() throws IOException {
    made(Latents.draw(77, 1, GENERATOR.latent()));
    try (Projector projector = projector()) {
      assertThatThrownBy(() -> projector.project(new float[12], step -> {}))
          .hasMessage("pixels: expected 32×32×3 values, but got 12.");
    }
    assertThatThrownBy(() -> new ProjectionSettings(2, 3, 1, 0.1, 0))
        .hasMessageContaining("candidates: expected at least as many as the 3 starts");
    assertThatThrownBy(() -> new ProjectionSettings(2, 1, 0, 0.1, 0)).hasMessageContaining("steps");
    assertThatThrownBy(() -> new ProjectionSettings(2, 1, 1, 0, 0)).hasMessageContaining("rate");
  }

  private Projector projector() throws IOException {
    return new Projector(
        GENERATOR, 3, new InitialWeights(prefix(), "", false), new RandomFeatures(1), SETTINGS);
  }

  private String prefix() {
    return directory.resolve("weights").toString();
  }

  // Writes the weights too. An untrained generator outputs nearly grey images; larger gammas make
  // them differ.
  private float[] made(float[] z) {
    try (Graph graph = new Graph()) {
      Servable servable = GeneratorServable.build(graph, GENERATOR, 3);
      Saver saver = Saver.add(GraphScope.ops(graph), "saver", servable.store().all());
      ServableSignature signature = servable.signatures().get(0);
      try (Session session = new Session(graph);
          Tensor vector = TFloat32.tensorOf(Shape.of(1, GENERATOR.latent()), DataBuffers.of(z))) {
        servable.store().initialize(session);
        Map<String, float[]> scaled = servable.store().values(session);
        scaled.keySet().removeIf(name -> !name.endsWith("gamma"));
        for (float[] values : scaled.values()) {
          for (int i = 0; i < values.length; i++) {
            values[i] *= 2;
          }
        }
        servable.store().assign(session, scaled);
        saver.save(session, prefix());
        try (Result result =
            session
                .runner()
                .feed(signature.inputs().get("z").asOutput(), vector)
                .fetch(signature.outputs().get("images"))
                .run()) {
          float[] image = new float[32 * 32 * 3];
          ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(image);
          return image;
        }
      }
    }
  }
}
