package dev.recal.models.weights;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Computes a graph's initial values: some from a file, the others from their initialisers. */
final class InitialValues {

  private InitialValues() {}

  /** Returns a variable's values, row-major. */
  @FunctionalInterface
  interface Values {
    float[] of(Variable<?> variable) throws IOException;
  }

  /**
   * Runs every initialiser once. In one run, because a session caches its preparation for each set
   * of feeds.
   *
   * @param given the variables that take values from {@code values}
   */
  static void assign(
      Session session, VariableStore store, Collection<Variable<?>> given, Values values)
      throws IOException {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (Variable<?> variable : given) {
        float[] array = values.of(variable);
        Tensor tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(array));
        fed.add(tensor);
        runner.feed(variable.initialValue(), tensor);
      }
      store.all().forEach(variable -> runner.addTarget(variable.initializer()));
      runner.run().close();
    } finally {
      fed.forEach(Tensor::close);
    }
  }
}
