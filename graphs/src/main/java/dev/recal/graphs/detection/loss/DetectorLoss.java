package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.detection.RetinaNet;
import dev.recal.ops.BuildContext;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The losses of a detector on a batch. */
public final class DetectorLoss {

  private DetectorLoss() {}

  /**
   * Adds the whole detector and its losses.
   *
   * @param context of the whole detector
   * @param images (N, H, W, 3), red, green, blue, from 0 to 1
   * @param settings for detectors with regions
   * @return scalars by name, already weighted: their sum is minimised. {@code objectness}, {@code
   *     proposals}, {@code classes}, {@code boxes}, {@code masks}; of a cascade {@code classes1}
   *     and so on; of RetinaNet {@code classes} and {@code boxes}
   */
  public static Map<String, Operand<TFloat32>> build(
      BuildContext context,
      Detector detector,
      Operand<TFloat32> images,
      GroundTruths truths,
      RegionSettings settings) {
    if (detector instanceof MaskRcnn net) {
      return new MaskRcnnLoss(context, net, settings).build(images, truths);
    }
    return new RetinaNetLoss((RetinaNet) detector).build(context, images, truths);
  }
}
