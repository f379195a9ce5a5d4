package dev.recal.savedmodels;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Variable;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.meta.CheckpointObjects;
import dev.recal.savedmodels.meta.ExportedGraph;
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

/** Writes the values of variables, and the objects that contain them, as a checkpoint. */
final class CheckpointFiles {

  private CheckpointFiles() {}

  /**
   * Writes {@code prefix.index} and {@code prefix.data-…}. At least one variable is required. No
   * operations are added to the session's graph, so other threads may continue to use it.
   */
  static void write(Session session, ExportedGraph exported, String prefix) {
    List<Variable<?>> variables = exported.variables();
    Session.Runner reader = session.runner();
    variables.forEach(variable -> reader.fetch(variable.read()));
    try (Result values = reader.run();
        Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      List<Operand<?>> placeholders = new ArrayList<>();
      for (Variable<?> variable : variables) {
        placeholders.add(tf.placeholder(variable.type(), Placeholder.shape(variable.shape())));
      }
      Operand<TString> objects = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      List<Operand<?>> written = new ArrayList<>(placeholders);
      written.add(objects);
      Operand<TString> path = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      List<String> names = new ArrayList<>();
      variables.forEach(variable -> names.add(CheckpointObjects.key(variable)));
      names.add(CheckpointObjects.OBJECTS);
      String[] slices = names.stream().map(name -> "").toArray(String[]::new);
      Save save =
          tf.train.save(
              path,
              tf.constant(NdArrays.vectorOfObjects(names.toArray(String[]::new))),
              tf.constant(NdArrays.vectorOfObjects(slices)),
              written);
      try (Session writer = Sessions.unoptimised(graph);
          Tensor prefixTensor = TString.scalarOf(prefix);
          Tensor objectsTensor =
              TString.tensorOfBytes(NdArrays.scalarOfObject(exported.objects().toByteArray()))) {
        Session.Runner runner =
            writer.runner().feed(path, prefixTensor).feed(objects, objectsTensor);
        for (int i = 0; i < variables.size(); i++) {
          runner.feed(placeholders.get(i), values.get(i));
        }
        runner.addTarget(save).run().close();
      }
    }
  }
}
