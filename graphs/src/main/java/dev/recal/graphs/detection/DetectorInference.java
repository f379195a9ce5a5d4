package dev.recal.graphs.detection;

import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.Pyramid;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A whole detector, from images to detections.
 *
 * @param detector its networks
 * @param settings what counts as a detection
 */
public record DetectorInference(Detector detector, InferenceSettings settings) {

  /** Rejects missing values. */
  public DetectorInference {
    Objects.requireNonNull(detector, "detector");
    Objects.requireNonNull(settings, "settings");
  }

  /**
   * Adds the detector.
   *
   * @param context of the whole detector
   * @param images (N, H, W, 3), red, green, blue, from 0 to 1, padded on the right and at the
   *     bottom with any values; H and W are usually multiples of 32
   * @param sizes (N, 2): height and width of each image without its padding
   * @throws IllegalArgumentException for other shapes, and for settings with {@code lite} if the
   *     number of images is not static
   */
  public Detections build(BuildContext context, Operand<TFloat32> images, Operand<TFloat32> sizes) {
    Ops tf = context.tf();
    Operand<TFloat32> filled = PaddedImages.of(tf, detector, images, sizes);
    Pyramid pyramid = detector.features(context, filled);
    List<AnchorOutput> outputs = detector.anchorOutputs(context, pyramid);
    if (detector instanceof RetinaNet net) {
      return new AnchorInference(net, settings).build(tf, pyramid, outputs, sizes);
    }
    MaskRcnn net = (MaskRcnn) detector;
    Proposals proposals =
        settings.proposals().build(tf, net, pyramid, outputs, sizes, settings.suppression());
    return new RegionInference(net, settings).build(context, pyramid, proposals, sizes);
  }
}
