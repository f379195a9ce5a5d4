package dev.recal.graphs.features;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network with fixed weights whose maps have names, such as {@code relu3_3} of VGG-16. */
public interface LossNetwork extends AutoCloseable {

  /** Returns the names of its maps, from the finest to the coarsest. */
  List<String> maps();

  /**
   * Adds the network to a graph; each call adds it again.
   *
   * @param images (N, H, W, 3) in −1..1; values outside are allowed
   * @param names of the maps that are needed
   * @return these maps (N, h, w, C), with gradients to the images
   */
  Map<String, Operand<TFloat32>> build(Ops tf, Operand<TFloat32> images, Collection<String> names);

  /** Returns a short description for reports and pictures. */
  String description();

  /** Releases the source model; graphs that it was added to remain valid. */
  @Override
  void close();
}
