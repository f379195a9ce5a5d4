package dev.recal.graphs.optimisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class WeightDecayTest {

  @Test
  void kernelsExcludeBiasGammaAndBeta() {
    assertThat(decayed(WeightDecay.Scope.KERNELS)).containsExactly("an/attention/kernel");
    assertThat(decayed(WeightDecay.Scope.ALL))
        .containsExactly(
            "an/gamma",
            "an/beta",
            "an/attention/kernel",
            "an/attention/bn/gamma",
            "an/attention/bn/beta");
  }

  private static List<String> decayed(WeightDecay.Scope scope) {
    WeightDecay decay = new WeightDecay(0.5, scope);
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.training());
      Operand<TFloat32> x =
          Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, 4, 4, 3)));
      AttentiveNorm.defaults().build(context.at("an"), x);
      StyleRecalibration.defaults().build(context.at("srm"), x);
      return store.trainable().stream()
          .filter(variable -> decay.of(variable) == 0.5f)
          .map(variable -> variable.name())
          .toList();
    }
  }

  @Test
  void partsHaveTheirOwnRates() {
    WeightDecay decay =
        new WeightDecay(
            0.5,
            WeightDecay.Scope.KERNELS,
            List.of(
                new WeightDecay.ScopeRate("head", 0.25),
                new WeightDecay.ScopeRate("head/last", 2)));
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.training());
      Operand<TFloat32> x =
          Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, 4, 4, 3)));
      for (String scope : List.of("body", "head", "header")) {
        Conv2d.of(2, 1).build(context.at(scope), x);
      }
      Conv2d.of(2, 1).biased().build(context.at("head").at("last"), x);
      assertThat(store.trainable().stream().map(decay::of))
          .containsExactly(0.5f, 0.25f, 0.5f, 2f, 0f);
      decay.requireKnown(store.trainable());
      WeightDecay other =
          new WeightDecay(1, WeightDecay.Scope.ALL, List.of(new WeightDecay.ScopeRate("tail", 1)));
      assertThatThrownBy(() -> other.requireKnown(store.trainable()))
          .hasMessage(
              "weightDecay.rates: the network has no scope 'tail'; its outermost ones are body,"
                  + " head, header.");
    }
  }

  @Test
  void rejectsNegativeRates() {
    assertThatThrownBy(() -> new WeightDecay(-1, WeightDecay.Scope.ALL))
        .hasMessage("rate: expected at least 0, but got -1.0.");
  }
}
