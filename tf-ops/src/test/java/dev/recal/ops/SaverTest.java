package dev.recal.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.initializer.Normal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class SaverTest {

  private static final VariableSpec SPEC =
      VariableSpec.weight("w", Shape.of(2, 2), new Normal(0f, 1f));

  @TempDir private Path directory;

  @Test
  void restoresEveryVariable() {
    String prefix = directory.resolve("model").toString();
    float[] first;
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Variable<TFloat32> variable = store.create("a/w", SPEC);
      Variable<TInt64> step = store.counter("step");
      Saver saver = Saver.add(Ops.create(graph), "save", store.all());
      try (Session session = new Session(graph)) {
        store.initialize(session);
        first = store.values(session, variable);
        session
            .runner()
            .addTarget(
                Ops.create(graph)
                    .assignAddVariableOp(step.handle(), Ops.create(graph).constant(41L)))
            .run()
            .close();
        saver.save(session, prefix);
        store.initialize(session);
        store.assign(session, Map.of("a/w", new float[4]));
        saver.restore(session, prefix);
        assertThat(store.values(session, variable)).isEqualTo(first);
        try (var result = session.runner().fetch(step.read()).run()) {
          assertThat(((TInt64) result.get(0)).getLong()).isEqualTo(41);
        }
      }
    }
    assertThat(directory.resolve("model.index")).exists();
    assertThat(directory.resolve("model.data-00000-of-00001")).exists();
    assertThat(restoredElsewhere(prefix)).isEqualTo(first);
  }

  // Another graph with another seed reads the same values by name.
  private static float[] restoredElsewhere(String prefix) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 2);
      Variable<TFloat32> variable = store.create("a/w", SPEC);
      Saver saver = Saver.add(Ops.create(graph), "save", List.of(variable));
      try (Session session = new Session(graph)) {
        store.initialize(session);
        saver.restore(session, prefix);
        return store.values(session, variable);
      }
    }
  }

  @Test
  void rejectsNoVariablesAndMissingFiles() {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Ops tf = Ops.create(graph);
      assertThatThrownBy(() -> Saver.add(tf, "save", store.all()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one variable");
      store.create("a/w", SPEC);
      Saver saver = Saver.add(tf, "save", store.all());
      try (Session session = new Session(graph)) {
        String nowhere = directory.resolve("nowhere").toString();
        assertThatThrownBy(() -> saver.restore(session, nowhere))
            .isInstanceOf(TensorFlowException.class)
            .hasMessageContaining("nowhere");
      }
    }
  }
}
