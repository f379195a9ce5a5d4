package dev.recal.graphs.detection;

import dev.recal.graphs.weights.Architecture;
import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.Pyramid;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A detector as the owner of weights.
 *
 * @param detector its settings
 */
public record DetectorArchitecture(Detector detector) implements Architecture {

  /** Rejects a missing detector. */
  public DetectorArchitecture {
    Objects.requireNonNull(detector, "detector");
  }

  @Override
  public String kind() {
    return detector.getClass().getSimpleName();
  }

  @Override
  public List<String> families() {
    if (detector instanceof MaskRcnn net) {
      // The dense layers of other libraries are numbered after the convolutions.
      return List.of(net.stages().get(0).boxes().convolutions() > 0 ? "maskrcnn-conv" : "maskrcnn");
    }
    return List.of("retinanet");
  }

  @Override
  public void build(BuildContext context, Operand<TFloat32> images) {
    Pyramid pyramid = detector.features(context, images);
    detector.anchorOutputs(context, pyramid);
    if (detector instanceof MaskRcnn net) {
      Ops tf = context.tf();
      Operand<TFloat32> box = tf.constant(new float[][] {{0, 0, 1, 1}});
      Operand<TInt32> image = tf.constant(new int[1]);
      for (int i = 0; i < net.stages().size(); i++) {
        net.boxes(context, i, pyramid, box, image);
        if (net.stages().get(i).masks().isPresent()) {
          net.masks(context, i, pyramid, box, image);
        }
      }
    }
  }

  @Override
  public int classes() {
    return detector.classes();
  }

  @Override
  public DetectorArchitecture withClasses(int count) {
    if (detector instanceof MaskRcnn net) {
      return new DetectorArchitecture(
          new MaskRcnn(
              net.conventions(),
              count,
              net.backbone(),
              net.pyramid(),
              net.proposals(),
              net.stages()));
    }
    RetinaNet net = (RetinaNet) detector;
    return new DetectorArchitecture(
        new RetinaNet(net.conventions(), count, net.backbone(), net.pyramid(), net.head()));
  }
}
