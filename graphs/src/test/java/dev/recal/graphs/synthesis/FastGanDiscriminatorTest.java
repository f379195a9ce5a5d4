package dev.recal.graphs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.skip.SkipLayerExcitation;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class FastGanDiscriminatorTest {

  @ParameterizedTest
  @CsvSource({
    "32, 16, 32, ''",
    "64, 32, 64, '64-8'",
    "128, 64, 128, '128-16, 64-8'",
    "256, 128, 128, '256-32, 128-16, 64-8'",
    "512, 128, 128, '256-32, 128-16, 64-8'",
    "1024, 128, 128, '256-32, 128-16, 64-8'",
  })
  void everySizeHasItsSkipsAndShapes(int size, int small, int decoded, String skips) {
    FastGanDiscriminator net = FastGanDiscriminator.of(size).width(8);
    assertThat(net.skips().stream().map(skip -> skip.from() + "-" + skip.to()).toList())
        .isEqualTo(skips.isEmpty() ? List.of() : List.of(skips.split(", ")));
    assertThat(net.smallSize()).isEqualTo(small);
    assertThat(net.decodedSize()).isEqualTo(decoded);
    try (Graph graph = new Graph()) {
      BuildContext context =
          BuildContext.of(new VariableStore(graph, 0), Tower.training()).at("discriminator");
      Ops tf = GraphScope.ops(graph);
      DiscriminatorOutput output = net.build(context, images(tf, size), images(tf, small));
      Reconstructions images = net.decode(context, output, tf.constant(0));
      assertThat(output.logits().shape().asArray()).containsExactly(-1, 50);
      long[] shape = {-1, decoded, decoded, 3};
      assertThat(images.whole().shape().asArray()).isEqualTo(shape);
      assertThat(images.small().shape().asArray()).isEqualTo(shape);
      assertThat(images.part().shape().asArray()).isEqualTo(shape);
    }
  }

  @Test
  void theDecoderOfAPartSeesItsQuadrantOnly() {
    FastGanDiscriminator net = FastGanDiscriminator.of(32).width(4);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 0);
      Ops tf = GraphScope.ops(graph);
      Placeholder<TInt32> quadrant =
          tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      BuildContext context = BuildContext.of(store, Tower.inference());
      float[] values = BuiltGenerator.latents(FastGanGenerator.of(32, SkipKind.NONE), 12);
      Operand<TFloat32> images =
          tf.constant(Shape.of(1, 32, 32, 3), DataBuffers.of(Arrays.copyOf(values, 3072)));
      DiscriminatorOutput output =
          net.build(context, images, tf.image.resizeArea(images, tf.constant(new int[] {16, 16})));
      Operand<TFloat32> part = net.decode(context, output, quadrant).part();
      Operand<TFloat32> gradient = Gradients.of(part, List.of(output.fine())).get(0);
      store.initialize(session);
      for (int i = 0; i < 4; i++) {
        try (TInt32 fed = TInt32.scalarOf(i);
            var result = session.runner().feed(quadrant, fed).fetch(gradient).run()) {
          TFloat32 map = (TFloat32) result.get(0);
          for (int cell = 0; cell < 4; cell++) {
            double sum = 0;
            for (int row = 0; row < 8; row++) {
              for (int column = 0; column < 8; column++) {
                sum += Math.abs(map.getFloat(0, cell / 2 * 8 + row, cell % 2 * 8 + column, 0));
              }
            }
            assertThat(sum > 0).as("part %d, quadrant %d", i, cell).isEqualTo(i == cell);
          }
        }
      }
    }
  }

  @Test
  void rejectsInvalidSettingsAndImages() {
    FastGanDiscriminator net = FastGanDiscriminator.of(64);
    assertThatThrownBy(
            () ->
                new FastGanDiscriminator(
                    64, 64, net.multipliers(), List.of(new Skip(8, 16, new SkipLayerExcitation()))))
        .hasMessage(
            "skips: expected from a higher to a lower resolution, from 64 down to 8, but got one"
                + " from 8 to 16.");
    assertThatThrownBy(() -> new FastGanDiscriminator(64, 1, net.multipliers(), List.of()))
        .hasMessage("width: expected at least 2, but got 1.");
    assertThatThrownBy(() -> new FastGanDiscriminator(64, 64, List.of(), List.of()))
        .hasMessageStartingWith("multipliers: expected 7 positive numbers");
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.training());
      Ops tf = GraphScope.ops(graph);
      assertThatThrownBy(() -> net.build(context, images(tf, 64), images(tf, 64)))
          .hasMessage("small: expected shape (N, 32, 32, 3), but got [-1, 64, 64, 3].");
    }
    assertThatThrownBy(
            () -> new FastGan(FastGanGenerator.of(64, SkipKind.SLE), FastGanDiscriminator.of(128)))
        .hasMessage("discriminator.size: expected the generator's 64, but got 128.");
  }

  private static Operand<TFloat32> images(Ops tf, int size) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, size, size, 3)));
  }
}
