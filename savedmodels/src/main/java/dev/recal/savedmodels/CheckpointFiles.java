package dev.recal.savedmodels;

import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Save;
import org.tensorflow.types.TString;

/** Writes the values of variables as a TensorFlow checkpoint. */
final class CheckpointFiles {

  private CheckpointFiles() {}

  /**
   * Writes {@code prefix.index} and {@code prefix.data-…}. The session's graph gets no new
   * operations for it, so that other threads may go on running it.
   */
  static void write(Session session, List<Variable<?>> variables, String prefix) {
    Session.Runner reader = session.runner();
    variables.forEach(variable -> reader.fetch(variable.read()));
    try (Result values = reader.run();
        Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      List<Operand<?>> placeholders = new ArrayList<>();
      for (Variable<?> variable : variables) {
        placeholders.add(tf.placeholder(variable.type(), Placeholder.shape(variable.shape())));
      }
      Operand<TString> path = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      String[] names = variables.stream().map(Variable::name).toArray(String[]::new);
      String[] slices = variables.stream().map(variable -> "").toArray(String[]::new);
      Save save =
          tf.train.save(
              path,
              tf.constant(NdArrays.vectorOfObjects(names)),
              tf.constant(NdArrays.vectorOfObjects(slices)),
              placeholders);
      try (Session writer = new Session(graph);
          Tensor prefixTensor = TString.scalarOf(prefix)) {
        Session.Runner runner = writer.runner().feed(path, prefixTensor);
        for (int i = 0; i < variables.size(); i++) {
          runner.feed(placeholders.get(i), values.get(i));
        }
        runner.addTarget(save).run().close();
      }
    }
  }
}
