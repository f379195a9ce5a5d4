package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A classification network, as a record of its settings.
 *
 * <p>Like a layer it owns no variables: one record may be built into any number of graphs, and
 * twice into one graph from two towers that share its variables.
 */
public interface Network {

  /**
   * Adds this network to the graph.
   *
   * @param context for operations and variables; usually the tower's root
   * @param images (N, H, W, 3), red, green, blue, from 0 to 1; the network normalises them itself.
   *     Layers with a kernel of the map's size need H and W to be known when the graph is built
   * @return the logits and the named intermediate feature maps
   * @throws IllegalArgumentException if {@code images} has another shape
   */
  NetworkOutput build(BuildContext context, Operand<TFloat32> images);

  /**
   * Adds this network without its head, as the backbone of another network.
   *
   * @param context of the backbone
   * @param images as for {@link #build}
   * @return the named feature maps, from the finest to the coarsest; those of {@link #build} except
   *     any that belong to its head
   * @throws IllegalArgumentException if this network has no such form, which is the default, or
   *     {@code images} has another shape
   */
  default Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    throw new IllegalArgumentException(
        "network: expected one that can be built without its head, but got "
            + getClass().getSimpleName()
            + ".");
  }

  /**
   * Adds the values that the training loss compares with the targets: the logits, or for a head
   * with a margin the logits with that margin.
   *
   * @param logits of this network, (N, classes)
   * @param targets (N, classes), each row sums to 1
   * @return (N, classes)
   */
  default Operand<TFloat32> trainingLogits(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    return logits;
  }

  /**
   * Returns the name of the stage whose map, of one pixel, is an embedding: near for images of one
   * class, also of classes that were not trained. Empty if no stage is one, which is the default.
   */
  default Optional<String> embeddingStage() {
    return Optional.empty();
  }

  /**
   * Returns the arXiv numbers of the papers that this network comes from, without those of its
   * layers; {@link Papers} has them all.
   */
  default List<String> papers() {
    return List.of();
  }

  /** Returns the number of classes. */
  int classes();

  /** Returns the same network for another number of classes. */
  Network withClasses(int count);
}
