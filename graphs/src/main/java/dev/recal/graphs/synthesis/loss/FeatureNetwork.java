package dev.recal.graphs.synthesis.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network with fixed weights whose inner maps describe images. */
public interface FeatureNetwork extends AutoCloseable {

  /**
   * A map of features.
   *
   * @param values (N, H, W, C)
   * @param weights (C), how much each channel's difference counts
   */
  record Feature(Operand<TFloat32> values, Operand<TFloat32> weights) {}

  /**
   * Adds the network to a graph, once more at each call.
   *
   * @param images (N, S, S, 3) in −1..1
   * @return its maps, with gradients to the images
   */
  List<Feature> build(Ops tf, Operand<TFloat32> images);

  /** Returns what it is in a few words, for reports. */
  String description();

  /** Gives back what it was read from; graphs that it was added to keep what they have. */
  @Override
  void close();
}
