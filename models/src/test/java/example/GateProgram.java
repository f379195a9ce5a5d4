package example;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A convolution and SRM as operations of a graph, and the gradient of every variable. */
public final class GateProgram {

  private GateProgram() {}

  public static void main(String[] args) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();

      Operand<TFloat32> images =
          tf.random.truncatedNormal(tf.constant(new int[] {4, 16, 16, 3}), TFloat32.class);
      Operand<TFloat32> map = Conv2d.of(8, 3).build(context.at("conv"), images);
      Operand<TFloat32> gated = StyleRecalibration.defaults().build(context.at("srm"), map);
      Operand<TFloat32> loss = tf.nn.l2Loss(gated);

      List<Variable<TFloat32>> variables = store.trainable();
      List<Operand<TFloat32>> gradients =
          Gradients.of(loss, variables.stream().map(Variable::read).toList());

      try (Session session = new Session(graph)) {
        store.initialize(session);
        Session.Runner runner = session.runner();
        gradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
          for (int i = 0; i < variables.size(); i++) {
            System.out.println(variables.get(i) + " has a gradient of " + result.get(i).shape());
          }
        }
      }
    }
  }
}
