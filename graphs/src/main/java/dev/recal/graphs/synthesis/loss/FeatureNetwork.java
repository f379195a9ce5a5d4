package dev.recal.graphs.synthesis.loss;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network with fixed weights whose inner maps are features of images. */
public interface FeatureNetwork extends AutoCloseable {

  /**
   * A map of features.
   *
   * @param values (N, H, W, C)
   * @param weights (C), the weight of each channel's difference
   */
  record Feature(Operand<TFloat32> values, Operand<TFloat32> weights) {}

  /**
   * Adds the network to a graph; each call adds it again.
   *
   * @param images (N, S, S, 3) in −1..1
   * @return its maps, with gradients to the images
   */
  List<Feature> build(Ops tf, Operand<TFloat32> images);

  /** Returns a short description for reports. */
  String description();

  /** Releases the source model; graphs that it was added to remain valid. */
  @Override
  void close();
}
