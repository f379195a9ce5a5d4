package dev.recal.graphs.detection;

import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Pyramid;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A graph with all parts of one detector. */
final class DetectorGraph implements AutoCloseable {

  final Graph graph = new Graph();
  final VariableStore store = new VariableStore(graph, 1);
  final BuildContext context;
  final Operand<TFloat32> images;
  final Operand<TFloat32> boxes;
  final Operand<TInt32> imageOfBox;
  final Pyramid pyramid;
  final List<AnchorOutput> anchors;
  final List<BoxOutput> boxOutputs = new ArrayList<>();
  final List<Operand<TFloat32>> masks = new ArrayList<>();

  /**
   * Builds a detector.
   *
   * @param image (N, H, W, 3)
   * @param regions how many, or −1
   */
  DetectorGraph(Detector detector, Tower tower, Shape image, long regions) {
    context = BuildContext.of(store, tower);
    Ops tf = GraphScope.ops(graph);
    images = tf.withName("images").placeholder(TFloat32.class, Placeholder.shape(image));
    boxes =
        tf.withName("boxes").placeholder(TFloat32.class, Placeholder.shape(Shape.of(regions, 4)));
    imageOfBox =
        tf.withName("imageOfBox").placeholder(TInt32.class, Placeholder.shape(Shape.of(regions)));
    pyramid = detector.features(context, images);
    anchors = detector.anchorOutputs(context, pyramid);
    if (detector instanceof MaskRcnn net) {
      for (int i = 0; i < net.stages().size(); i++) {
        boxOutputs.add(net.boxes(context, i, pyramid, boxes, imageOfBox));
        if (net.stages().get(i).masks().isPresent()) {
          masks.add(net.masks(context, i, pyramid, boxes, imageOfBox));
        }
      }
    }
  }

  /** Builds a detector of one small image and one region, to count its parameters. */
  static DetectorGraph small(Detector detector) {
    return new DetectorGraph(detector, Tower.serving(), Shape.of(1, 64, 64, 3), 1);
  }

  /** Returns the trainable values whose names begin like one of these. */
  long parameters(String... prefixes) {
    return store.trainable().stream()
        .filter(variable -> startsWith(variable.name(), prefixes))
        .mapToLong(variable -> variable.size())
        .sum();
  }

  /** Returns the multiply-adds of scopes that begin like this. */
  long macs(String prefix) {
    return Profiler.of(context, images.shape()).layers().stream()
        .filter(layer -> layer.name().startsWith(prefix))
        .mapToLong(Profile.Layer::macs)
        .sum();
  }

  private static boolean startsWith(String name, String... prefixes) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    graph.close();
  }
}
