package dev.recal.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.conv.Dense;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.testing.LayerTrial;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class VariableStoreTest {

  private static final VariableSpec SPEC =
      VariableSpec.weight("w", Shape.of(2, 3), new Normal(0f, 1f));

  private final Graph graph = new Graph();
  private final VariableStore store = new VariableStore(graph, 1);

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> input() {
    return Ops.create(graph).constant(new float[][] {{1, 2}, {3, 4}, {5, 7}});
  }

  @Test
  void namesAVariableByItsPathInTheGraph() {
    BuildContext context = BuildContext.of(store, Tower.training());
    Variable<TFloat32> variable = context.at("stage1").at("block0").variable(SPEC);
    assertThat(variable.name()).isEqualTo("stage1/block0/w");
    assertThat(variable.op().name()).isEqualTo("stage1/block0/w");
    assertThat(variable.op().type()).isEqualTo("VarHandleOp");
    assertThat(variable.read().op().name()).isEqualTo("stage1/block0/w/Read/ReadVariableOp");
    assertThat(store.find("stage1/block0/w")).contains(variable);
    assertThat(store.find("stage1/w")).isEmpty();
    assertThat(store.parameters()).isEqualTo(6);
  }

  @Test
  void repeatsScopesWithTheSameVariables() {
    BuildContext context = BuildContext.of(store, Tower.training()).at("a");
    Variable<TFloat32> variable = context.at("b").variable(SPEC);
    assertThat(context.repeated().at("b").variable(SPEC).read()).isSameAs(variable.read());
    assertThatThrownBy(() -> context.repeated().at("c").variable(SPEC))
        .hasMessage("name: expected a variable that the scope has, but got 'a/c/w'.");
    assertThatThrownBy(() -> context.at("b").variable(SPEC)).hasMessageContaining("no other layer");
    Operand<TFloat32> first = input();
    context.publish("gate", first);
    context.repeated().publish("gate", input());
    assertThat(context.published()).containsEntry("a/gate", first);
  }

  @Test
  void rejectsDuplicateVariableNames() {
    BuildContext context = BuildContext.of(store, Tower.training());
    context.at("a").variable(SPEC);
    assertThatThrownBy(() -> context.at("a").variable(SPEC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name: expected a name that no other layer uses, but got 'a/w'.");
    assertThatThrownBy(() -> store.create("a/w", SPEC))
        .hasMessageContaining("no other layer uses, but got 'a/w'");
    assertThatThrownBy(() -> store.counter("a/w"))
        .hasMessageContaining("no other layer uses, but got 'a/w'");
  }

  @Test
  void rejectsInvalidNames() {
    BuildContext context = BuildContext.of(store, Tower.training());
    assertThatThrownBy(() -> context.at("a/b")).hasMessageContaining("without a slash");
    assertThatThrownBy(() -> context.at("")).hasMessageContaining("without a slash");
    assertThatThrownBy(() -> context.at("ä b").tf()).hasMessageContaining("'ä b'");
    assertThatThrownBy(() -> VariableSpec.weight("a/b", Shape.of(1), Initializer.zeros()))
        .hasMessageContaining("one word without a slash");
    assertThatThrownBy(() -> VariableSpec.weight("a", Shape.of(-1), Initializer.zeros()))
        .hasMessageContaining("fully known shape");
  }

  @Test
  void initialValuesDependOnSeedAndNameOnly() {
    try (Graph otherGraph = new Graph()) {
      VariableStore other = new VariableStore(otherGraph, 1);
      other.create("first/w", SPEC);
      Variable<TFloat32> again = other.create("a/w", SPEC);
      Variable<TFloat32> variable = store.create("a/w", SPEC);
      Variable<TFloat32> second = store.create("b/w", SPEC);
      try (Session session = new Session(graph);
          Session otherSession = new Session(otherGraph)) {
        store.initialize(session);
        other.initialize(otherSession);
        float[] values = store.values(session, variable);
        assertThat(other.values(otherSession, again)).isEqualTo(values);
        assertThat(store.values(session, second)).isNotEqualTo(values);
      }
    }
  }

  @Test
  void assignsValuesAndRejectsMismatches() {
    Variable<TFloat32> variable = store.create("a/w", SPEC);
    store.counter("step");
    try (Session session = new Session(graph)) {
      store.assign(session, Map.of("a/w", new float[] {1, 2, 3, 4, 5, 6}));
      assertThat(store.values(session, variable)).containsExactly(1, 2, 3, 4, 5, 6);
      assertThatThrownBy(() -> store.assign(session, Map.of("w", new float[6])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("values: there is no variable 'w'; known are [a/w, step].");
      assertThatThrownBy(() -> store.assign(session, Map.of("a/w", new float[5])))
          .hasMessage("values: variable 'a/w' of shape [2, 3] takes 6 values, but got 5.");
      assertThatThrownBy(() -> store.assign(session, Map.of("step", new float[1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("values: variable 'step' holds TInt64, but got float32 values.");
      assertThat(store.values(session, variable)).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void towersShareVariablesByName() {
    Dense dense = Dense.of(2);
    BuildContext training = BuildContext.of(store, Tower.training());
    BuildContext inference = BuildContext.of(store, Tower.inference());
    Operand<TFloat32> first = dense.build(training.at("dense"), input());
    Operand<TFloat32> second = dense.build(inference.at("dense"), input());
    assertThat(store.all()).hasSize(2);
    try (Session session = new Session(graph)) {
      store.initialize(session);
      store.assign(session, Map.of("dense/kernel", new float[] {1, 0, 0, 1}));
      try (var result = session.runner().fetch(first).fetch(second).run()) {
        assertThat(result.get(0)).isEqualTo(result.get(1));
      }
    }
    assertThatThrownBy(() -> BuildContext.of(store, Tower.inference()))
        .hasMessage("tower: the graph already has a tower named 'inference'.");
    BuildContext third = BuildContext.of(store, Tower.inference().named("third"));
    assertThatThrownBy(() -> Dense.of(3).build(third.at("dense"), input()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'dense/kernel' has shape [2, 2] in another tower");
  }

  @Test
  void towersReadSubstitutedVariables() {
    Variable<TFloat32> average =
        store.create("average", VariableSpec.weight("average", Shape.of(2, 2), Initializer.ones()));
    Dense dense = new Dense(2, false, Initializer.zeros());
    dense.build(BuildContext.of(store, Tower.training()).at("dense"), input());
    Tower tower =
        Tower.inference().withVariables(v -> v.name().equals("dense/kernel") ? average : v);
    Operand<TFloat32> y = dense.build(BuildContext.of(store, tower).at("dense"), input());
    try (Session session = new Session(graph)) {
      store.initialize(session);
      try (var result = session.runner().fetch(y).run()) {
        assertThat(((TFloat32) result.get(0)).getFloat(2, 1)).isEqualTo(12f);
      }
    }
  }

  @Test
  void updatesOnlyInTraining() {
    BuildContext inference = BuildContext.of(store, Tower.inference());
    BatchNorm.defaults().build(inference.at("bn"), input());
    assertThat(inference.movingAverages()).isEmpty();
    assertThat(inference.updates()).isEmpty();
    BuildContext training = BuildContext.of(store, Tower.training());
    BatchNorm.defaults().build(training.at("bn"), input());
    assertThat(training.movingAverages())
        .extracting(average -> average.variable().name())
        .containsExactly("bn/moving_mean", "bn/moving_variance");
    assertThat(store.trainable()).extracting(Variable::name).containsExactly("bn/gamma", "bn/beta");
  }

  @Test
  void inferenceTowerHasNoUpdatesAndNoRandomness() {
    try (LayerTrial trial = LayerTrial.inference(BatchNorm.defaults(), Shape.of(2, 3, 3, 4))) {
      Graph own = trial.context().store().graph();
      own.operations()
          .forEachRemaining(
              (GraphOperation operation) -> {
                if (operation.name().startsWith("inference/")) {
                  assertThat(operation.type()).doesNotContain("Random").doesNotContain("Assign");
                }
              });
    }
  }

  @Test
  void publishesOncePerName() {
    BuildContext context = BuildContext.of(store, Tower.inference()).at("gate");
    context.publish("value", input());
    assertThat(context.published()).containsOnlyKeys("gate/value");
    assertThatThrownBy(() -> context.publish("value", input()))
        .hasMessage("name: 'gate/value' has already been published.");
  }
}
