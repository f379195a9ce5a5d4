package dev.recal.graphs.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.profile.Profiler;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class StyleTransformerTest {

  @ParameterizedTest
  @CsvSource({"IN, 1679235", "BN, 1679235", "BN_SRM, 1685635", "BN_SE, 1704743"})
  void parametersAreThePublishedOnes(StyleNorm norm, long expected) {
    for (StyleVariant variant : StyleVariant.values()) {
      try (Graph graph = new Graph()) {
        VariableStore store = new VariableStore(graph, 1);
        Operand<TFloat32> images = images(graph, Shape.of(2, 64, 64, 3));
        Operand<TFloat32> output =
            StyleTransformer.defaults()
                .with(variant)
                .with(norm)
                .build(BuildContext.of(store, Tower.training()), images);
        assertThat(store.parameters()).isEqualTo(expected);
        assertThat(output.shape()).isEqualTo(Shape.of(2, 64, 64, 3));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StyleVariant.class)
  void resultsHaveTheSizeOfTheirImages(StyleVariant variant) {
    StyleTransformer network =
        new StyleTransformer(
            variant, 4, 2, StyleNorm.BN_SRM.norm(), StyleNorm.BN_SRM.recalibration());
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Operand<TFloat32> images = images(graph, Shape.of(-1, -1, -1, 3));
      Operand<TFloat32> output = network.build(BuildContext.of(store, Tower.serving()), images);
      int smallest = network.minimumSide();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        for (int[] size : new int[][] {{smallest, smallest}, {37, 42}, {40, 44}}) {
          try (TFloat32 fed = TFloat32.tensorOf(Shape.of(1, size[0], size[1], 3));
              Result result = session.runner().feed(images, fed).fetch(output).run()) {
            assertThat(result.get(0).shape()).isEqualTo(fed.shape());
          }
        }
      }
    }
  }

  @Test
  void multiplyAddsAreThePublishedOnes() {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.serving());
      Shape shape = Shape.of(1, 256, 256, 3);
      StyleTransformer.defaults().build(context, images(graph, shape));
      assertThat(Profiler.of(context, shape).macs()).isEqualTo(10_078_912_512L);
    }
  }

  @Test
  void smallImagesAreRefused() {
    try (Graph graph = new Graph()) {
      Operand<TFloat32> images = images(graph, Shape.of(1, 40, 64, 3));
      StyleTransformer network = StyleTransformer.defaults().with(StyleVariant.JOHNSON);
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.serving());
      assertThatThrownBy(() -> network.build(context, images))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("images: expected at least 41, but got 40.");
    }
  }

  private static Operand<TFloat32> images(Graph graph, Shape shape) {
    Ops tf = GraphScope.ops(graph);
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }
}
