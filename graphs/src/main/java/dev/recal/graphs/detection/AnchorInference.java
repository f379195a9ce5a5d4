package dev.recal.graphs.detection;

import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.Suppression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The detections of a detector of one stage (Lin et al. 2017, arXiv 1708.02002): the best pairs of
 * an anchor and a class of each level are decoded, and duplicates suppressed within each class.
 *
 * <p>Like mmdetection since 2.20 and torchvision; before, mmdetection took the anchors with the
 * best class, with all their classes.
 */
record AnchorInference(RetinaNet detector, InferenceSettings settings) {

  Detections build(Ops tf, Pyramid pyramid, List<AnchorOutput> outputs, Operand<TFloat32> sizes) {
    List<Operand<TFloat32>> anchors = detector.anchors(tf, pyramid);
    List<Operand<TFloat32>> boxes = new ArrayList<>();
    List<Operand<TFloat32>> scores = new ArrayList<>();
    List<Operand<TInt32>> classes = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      LevelBest best =
          LevelBest.of(
              tf,
              detector.conventions(),
              settings.candidates(),
              anchors.get(i),
              outputs.get(i),
              sizes);
      boxes.add(best.boxes());
      scores.add(best.scores());
      classes.add(best.classes());
    }
    Operand<TInt32> list = tf.constant(1);
    Suppression.Kept kept =
        settings
            .suppression()
            .build(
                tf,
                settings.nms(detector.conventions()),
                tf.concat(boxes, list),
                tf.concat(scores, list),
                tf.concat(classes, list),
                detector.classes());
    return Detections.of(kept, Optional.empty());
  }
}
