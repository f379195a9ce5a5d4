package dev.recal.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Edge cases and invalid inputs of every registered module, in all of its forms. */
class ModuleInputTest {

  static Stream<ModuleSample> samples() {
    return BuiltInSamples.ALL.stream();
  }

  /** The samples, and other forms. */
  static Stream<ModuleSample> forms() {
    return Stream.concat(
        samples(),
        Stream.of(
            ModuleSample.variant("gather-excite", "\"variant\": \"theta-minus\""),
            ModuleSample.variant("gather-excite", "\"variant\": \"theta-minus\", \"extent\": 8"),
            ModuleSample.variant("gather-excite", "\"extent\": 4"),
            ModuleSample.variant("gather-excite", "\"variant\": \"theta-plus\", \"extent\": 2"),
            ModuleSample.variant(
                "style-recalibration", "\"variance\": \"population\", \"epsilon\": 0"),
            ModuleSample.variant("style-recalibration", "\"pooling\": \"mean-max\""),
            ModuleSample.variant("style-recalibration", "\"integration\": \"mlp\""),
            ModuleSample.variant("style-recalibration", "\"integration\": \"cfc-no-bn\""),
            ModuleSample.variant("style-recalibration", "\"integration\": \"fc\""),
            ModuleSample.variant("style-recalibration", "\"integration\": \"mlp-bn\""),
            ModuleSample.variant("attentive-norm", "\"base\": \"group\", \"groups\": 4"),
            ModuleSample.variant("attentive-norm", "\"base\": \"instance\""),
            ModuleSample.variant("attentive-norm", "\"base\": \"layer\", \"pooling\": \"mean\""),
            ModuleSample.variant("attentive-norm", "\"attention\": \"bn-softmax\""),
            ModuleSample.variant("attentive-norm", "\"attention\": \"mlp-bn-hsigmoid\""),
            ModuleSample.variant("drconv", "\"generator\": \"experts\", \"stride\": 2"),
            ModuleSample.variant("drconv", "\"regions\": 1, \"dilation\": 2"),
            ModuleSample.variant("condconv", "\"kernel\": 5, \"stride\": 3, \"bias\": true"),
            ModuleSample.variant("same-layer-slim", "\"stride\": 2"),
            ModuleSample.variant(
                "same-layer-slim", "\"form\": \"query-key\", \"reduction\": 4, \"stride\": 2"),
            ModuleSample.variant(
                "skip-layer-slim", "\"noise\": true, \"styleNorm\": false, \"reduction\": 1")));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aSinglePixelOfASingleImageIsFinite(ModuleSample form) {
    forEachPhase(form.sized(1, 1), ModuleTrial::assertFinite);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void constantMapsAreFinite(ModuleSample form) {
    forEachPhase(form.sized(2, 3), trial -> trial.constant(0.7f).assertFinite());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aSingleImageIsFinite(ModuleSample sample) {
    forEachPhase(sample.sized(1, 5), ModuleTrial::assertFinite);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void singlePixelsAreFinite(ModuleSample sample) {
    forEachPhase(
        sample.sized(3, 1),
        trial -> {
          trial.assertFinite();
          trial.constant(0.7f).assertFinite();
        });
  }

  private static void forEachPhase(ModuleSample sample, Consumer<ModuleTrial> check) {
    for (Tower tower : List.of(Tower.training(), Tower.inference())) {
      try (ModuleTrial trial = new ModuleTrial(sample, tower)) {
        check.accept(trial);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void rejectsOtherRanksAndUnknownChannels(ModuleSample form) {
    for (String name : form.inputs().keySet()) {
      int channels = (int) form.inputs().get(name).get(3);
      for (Shape shape :
          List.of(
              Shape.of(3, channels),
              Shape.of(3, 8, channels),
              Shape.of(3, 8, 8, 1, channels),
              Shape.of(3, 8, 8, Shape.UNKNOWN_SIZE),
              Shape.unknown())) {
        assertThatThrownBy(() -> build(form, name, shape))
            .as("%s with %s of shape %s", form, name, shape)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(name + ": ")
            .hasMessageContaining("but got shape " + shape)
            .hasMessageEndingWith(".");
      }
    }
  }

  private static void build(ModuleSample form, String name, Shape shape) {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.training());
      Ops tf = Ops.create(graph);
      Map<String, Operand<TFloat32>> inputs =
          new HashMap<>(ModuleTrial.placeholders(graph, "feeds", form));
      inputs.put(name, tf.placeholder(TFloat32.class, Placeholder.shape(shape)));
      form.build(context, inputs);
    }
  }
}
