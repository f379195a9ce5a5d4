package dev.recal.ops.gradient;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.types.TFloat32;

/**
 * Gradients whose operations run on a given device.
 *
 * <p>TensorFlow adds the operations of gradients without a device, and places all of them on the
 * first one: with several devices in a process, one would compute all backward passes. TensorFlow
 * Java cannot change the device of an operation; TensorFlow's C interface can.
 */
public final class PlacedGradients {

  private PlacedGradients() {}

  /**
   * Adds gradients as {@link Gradients#of(Operand, List)} does.
   *
   * @param device of the new operations, for example {@code /device:GPU:1}; operations that have a
   *     device keep it
   */
  public static List<Operand<TFloat32>> of(
      String device, Operand<TFloat32> y, List<? extends Operand<TFloat32>> xs) {
    Graph graph = (Graph) y.env();
    int before = operations(graph).size();
    List<Operand<TFloat32>> gradients = Gradients.of(y, xs);
    List<GraphOperation> all = operations(graph);
    place(device, all.subList(before, all.size()));
    return gradients;
  }

  // In the order in which they were added.
  private static List<GraphOperation> operations(Graph graph) {
    List<GraphOperation> found = new ArrayList<>();
    Iterator<GraphOperation> all = graph.operations();
    while (all.hasNext()) {
      found.add(all.next());
    }
    return found;
  }

  // The function's graph argument is only locked and told of the change, so that sessions refuse a
  // graph that changes after its first run. Graph hides its handle, and is not run yet.
  @SuppressWarnings("try")
  private static void place(String device, List<GraphOperation> operations) {
    try (PointerScope scope = new PointerScope()) {
      TF_Graph other = TF_Graph.newGraph();
      for (GraphOperation operation : operations) {
        if (operation.device().isEmpty()) {
          tensorflow.TF_SetRequestedDevice(other, operation.getUnsafeNativeHandle(), device);
        }
      }
    }
  }
}
