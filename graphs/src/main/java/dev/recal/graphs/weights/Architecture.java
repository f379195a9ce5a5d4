package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What weights belong to: a classification network, or another model of images. */
public interface Architecture {

  /** Returns a classification network's. */
  static Architecture of(Network network) {
    return new NetworkArchitecture(network);
  }

  /** Returns the kind of model in messages, for example {@code ResNet}. */
  String kind();

  /**
   * Returns the words by which conventions name their rules for this kind of model, the most
   * specific first; see {@link Convention}.
   */
  List<String> families();

  /**
   * Adds everything that has variables.
   *
   * @param images (N, H, W, 3), from 0 to 1
   */
  void build(BuildContext context, Operand<TFloat32> images);

  /** Returns the number of classes. */
  int classes();

  /** Returns the same model for another number of classes. */
  Architecture withClasses(int count);
}
