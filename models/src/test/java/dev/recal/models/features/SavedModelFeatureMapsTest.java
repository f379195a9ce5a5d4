package dev.recal.models.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.SavedModelWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class SavedModelFeatureMapsTest {

  @TempDir Path directory;

  @Test
  void imagesOfAnySizeAreUnchanged() throws IOException {
    Path model = write(Shape.UNKNOWN_SIZE);
    try (SavedModelFeatureMaps maps = SavedModelFeatureMaps.open(output(model, "map", 0))) {
      FeatureMatrix positions = maps.positions(ImageBatch.ofFloats(1, 1, 2, 1, new float[] {0, 1}));
      // The network doubles pixels, which are in −1..1.
      assertThat(positions.count()).isEqualTo(2);
      assertThat(positions.values())
          .containsExactly(new double[] {-2, -2, -2, 2, 2, 2}, within(1e-6));
      assertThat(maps.description().resizing()).isEqualTo("unchanged, pixels in -1..1");
      assertThat(maps.name()).endsWith("output 'map' of 'serving_default'");
    }
    try (SavedModelFeatureMaps maps = SavedModelFeatureMaps.open(output(model, "map", 5))) {
      assertThat(maps.positions(ImageBatch.ofFloats(1, 1, 2, 1, new float[2])).count())
          .isEqualTo(25);
    }
  }

  @Test
  void imagesAreResizedForAModelOfOneSize() throws IOException {
    Path model = write(4);
    try (SavedModelFeatureMaps maps = SavedModelFeatureMaps.open(output(model, "map", 0))) {
      assertThat(maps.positions(ImageBatch.ofFloats(1, 8, 2, 1, new float[16])).count())
          .isEqualTo(16);
      assertThat(maps.description().resizing())
          .isEqualTo("to 4×4 (bilinear with antialiasing, rounded to 8 bits), pixels in -1..1");
    }
  }

  @Test
  void outputsThatAreNotMapsAreRejected() throws IOException {
    Path model = write(Shape.UNKNOWN_SIZE);
    assertThatThrownBy(() -> SavedModelFeatureMaps.open(output(model, "vector", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("output: 'vector' gives ")
        .hasMessageEndingWith(
            "expected a map (1, H, W, C); the outputs that are maps, by signature:"
                + " {serving_default=[map]}.");
  }

  private static FeatureOutput output(Path model, String output, int size) {
    return new FeatureOutput(
        model,
        Optional.empty(),
        Optional.of(output),
        size == 0 ? OptionalInt.empty() : OptionalInt.of(size),
        PixelRange.SIGNED);
  }

  private Path write(long size) throws IOException {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, size, size, 3)));
      Variable<TFloat32> factor =
          store.create(
              "factor", VariableSpec.statistic("factor", Shape.of(3), Initializer.zeros()));
      Operand<TFloat32> map = tf.math.mul(images, factor.read());
      Operand<TFloat32> vector = tf.math.mean(map, tf.constant(new int[] {1, 2}));
      ServableSignature signature =
          new ServableSignature(
              "serving_default", Map.of("images", images), Map.of("map", map, "vector", vector));
      Servable servable = new Servable(store, List.of(signature), List.of());
      try (Session session = Sessions.unoptimised(graph)) {
        store.initialize(session);
        store.assign(session, Map.of("factor", new float[] {2, 2, 2}));
        return SavedModelWriter.plain().write(servable, session, directory.resolve("model"));
      }
    }
  }
}
