package dev.recal.graphs.synthesis.oneshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.synthesis.oneshot.SinGan.Modulation;
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

class SinGanTest {

  // Scale, generator with SLIM, plain generator, critic.
  @ParameterizedTest
  @CsvSource({
    "0,29763,29763,29185",
    "1,36391,29763,29185",
    "3,36391,29763,29185",
    "4,140359,114819,113665",
    "7,140359,114819,113665",
    "8,551047,450819,448513",
    "12,551047,450819,448513"
  })
  void hasThePublishedParameters(int scale, long slim, long plain, long critic) {
    assertThat(generator(new SinGan(Modulation.SLIM, 32, 128), scale)).isEqualTo(slim);
    assertThat(generator(new SinGan(Modulation.NONE, 32, 128), scale)).isEqualTo(plain);
    assertThat(critic(scale)).isEqualTo(critic);
  }

  private static long generator(SinGan network, int scale) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Operand<TFloat32> map = map(graph);
      Operand<TFloat32> image = network.generator(scale, 3).build(context, map, map);
      assertThat(image.shape()).isEqualTo(map.shape());
      return store.parameters();
    }
  }

  private static long critic(int scale) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Operand<TFloat32> values = SinGan.defaults().critic(scale).build(context, map(graph));
      assertThat(values.shape()).isEqualTo(Shape.of(1, 20, 14, 1));
      return store.parameters();
    }
  }

  private static Operand<TFloat32> map(Graph graph) {
    Ops tf = GraphScope.ops(graph);
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 30, 24, 3)));
  }

  @Test
  void addsTheImageOnlyWhereItIsNotModulated() {
    assertThat(SinGan.defaults().generator(0, 3).residual()).isTrue();
    assertThat(SinGan.defaults().generator(1, 3).residual()).isFalse();
    assertThat(new SinGan(Modulation.NONE, 32, 128).generator(5, 3).residual()).isTrue();
    assertThat(SinGan.defaults().generator(3, 3).modulation().orElseThrow().dilation())
        .isEqualTo(5);
    assertThat(SinGan.defaults().generator(4, 3).modulation().orElseThrow().dilation())
        .isEqualTo(8);
  }

  @Test
  void rejectsWidthsThatGroupsDoNotDivide() {
    assertThatThrownBy(() -> new SinGan(Modulation.SLIM, 6, 128))
        .hasMessage("width: expected a multiple of 4, but got 6.");
  }
}
