package dev.recal.graphs.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.profile.Profiler;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The counts of the authors' code. */
class ParameterCountTest {

  @ParameterizedTest
  @CsvSource({
    "256, SLE, 29127846",
    "256, SLIM, 28486942",
    "512, SLE, 29174392",
    "1024, SLE, 29176512",
  })
  void theGeneratorHasThePublishedCount(int size, SkipKind kind, long count) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.training());
      FastGanGenerator net = FastGanGenerator.of(size, kind);
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> z =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, net.latent())));
      GeneratorOutput output = net.build(context.at("generator"), z);
      assertThat(store.parameters()).isEqualTo(count);
      assertThat(output.images().shape()).isEqualTo(Shape.of(2, size, size, 3));
      assertThat(output.small().shape()).isEqualTo(Shape.of(2, 128, 128, 3));
    }
  }

  @ParameterizedTest
  @CsvSource({"256, 11526160", "512, 11526496", "1024, 11528192"})
  void theDiscriminatorHasThePublishedCount(int size, long count) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.training()).at("discriminator");
      FastGanDiscriminator net = FastGanDiscriminator.of(size);
      Ops tf = GraphScope.ops(graph);
      DiscriminatorOutput output =
          net.build(context, images(tf, size), images(tf, net.smallSize()));
      Reconstructions decoded = net.decode(context, output, tf.constant(3));
      assertThat(store.parameters()).isEqualTo(count);
      assertThat(output.logits().shape()).isEqualTo(Shape.of(2, 50));
      assertThat(decoded.whole().shape()).isEqualTo(Shape.of(2, 128, 128, 3));
      assertThat(decoded.small().shape()).isEqualTo(Shape.of(2, 128, 128, 3));
      assertThat(decoded.part().shape()).isEqualTo(Shape.of(2, 128, 128, 3));
    }
  }

  private static Operand<TFloat32> images(Ops tf, int size) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, size, size, 3)));
  }

  @Test
  void theGeneratorOf256HasThePublishedMultiplyAdds() {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.serving());
      FastGanGenerator net = FastGanGenerator.of(256, SkipKind.SLE);
      Operand<TFloat32> z =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, net.latent())));
      net.build(context, z);
      assertThat(Profiler.of(context, z.shape()).macs() / 1e9).isCloseTo(9.73, within(0.005));
    }
  }
}
