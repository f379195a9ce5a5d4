package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What training minimises: a record of its settings that compares the outputs of a network with
 * their targets. Recipes name it in {@code training.loss}.
 *
 * <p>A loss owns no variables. All its operations need gradients; {@code dev.recal.ops.gradient}
 * knows which ones TensorFlow lacks or computes wrongly, and a graph that needs one is rejected.
 */
public interface Loss {

  /** Returns what the outputs mean that it compares; by default {@link OutputKind#ONE_CLASS}. */
  default OutputKind outputs() {
    return OutputKind.ONE_CLASS;
  }

  /**
   * Adds the loss of each image; training minimises the mean over the images of a batch.
   *
   * @param context for operations, {@link BuildContext#tf}; a scope of its own
   * @param outputs of the network, (N, K), without softmax or sigmoid
   * @param targets (N, K): of one class its probabilities, which sum to 1, one-hot unless they are
   *     smoothed or mixed; of several classes 1 for those that an image has and 0 for the others;
   *     of numbers the {@linkplain NumberScales standardised} numbers
   * @return (N)
   */
  Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets);
}
