package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.AnchorOutput;
import dev.recal.graphs.detection.BoxOutput;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.detection.PaddedImages;
import dev.recal.graphs.detection.RegionStage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.DeltaCoding;
import dev.recal.ops.detection.Pyramid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The losses of Mask R-CNN and its cascade. In a cascade the regions of a stage are the boxes that
 * the one before predicts for its own, without the ground-truth boxes, which the sampling adds
 * again (Cai and Vasconcelos 2018, arXiv 1712.00726).
 */
final class MaskRcnnLoss {

  private final BuildContext context;
  private final MaskRcnn net;
  private final RegionSettings settings;
  private final Ops tf;
  private final Map<String, Operand<TFloat32>> losses = new LinkedHashMap<>();

  MaskRcnnLoss(BuildContext context, MaskRcnn net, RegionSettings settings) {
    this.context = context;
    this.net = net;
    this.settings = settings;
    this.tf = context.at("loss").tf();
  }

  Map<String, Operand<TFloat32>> build(Operand<TFloat32> images, GroundTruths truths) {
    Operand<TFloat32> sizes = truths.sizes();
    Pyramid levels = net.features(context, PaddedImages.of(tf, net, images, sizes));
    List<AnchorOutput> outputs = net.anchorOutputs(context, levels);
    ProposalLoss.Value proposed =
        new ProposalLoss(net.conventions(), settings.anchors())
            .build(
                tf,
                context.at("rpn").seed("samples"),
                AnchorOutput.joined(tf, outputs),
                tf.concat(net.anchors(tf, levels), tf.constant(0)),
                truths);
    losses.put("objectness", proposed.objectness());
    losses.put("proposals", proposed.boxes());
    BoxSet proposals =
        settings.selection(net.conventions()).build(tf, net, levels, outputs, sizes).boxes();
    for (int stage = 0; stage < net.stages().size(); stage++) {
      proposals = addStage(stage, levels, proposals, truths);
    }
    return losses;
  }

  // Returns the proposals of the next stage.
  private BoxSet addStage(int stage, Pyramid levels, BoxSet proposals, GroundTruths truths) {
    RegionStage settingsOfStage = net.stages().get(stage);
    String suffix = net.stages().size() == 1 ? "" : Integer.toString(stage + 1);
    RegionSamples regions =
        RegionSamples.of(
            tf,
            context.at("box" + suffix).seed("samples"),
            net.conventions(),
            settingsOfStage.overlap(),
            settings.regions(),
            proposals,
            truths);
    BoxOutput output = net.boxes(context, stage, levels, regions.boxes(), regions.images());
    DeltaCoding coding = settingsOfStage.coding(net.conventions());
    RegionLoss.Value value =
        new RegionLoss(net.conventions(), net.layout(), coding).build(tf, output, regions);
    add("classes" + suffix, value.classes(), settingsOfStage.weight());
    add("boxes" + suffix, value.boxes(), settingsOfStage.weight());
    if (settingsOfStage.masks().isPresent()) {
      add("masks" + suffix, masks(stage, levels, regions, truths), settingsOfStage.weight());
    }
    return stage + 1 < net.stages().size() ? refined(coding, output, regions, truths) : proposals;
  }

  private void add(String name, Operand<TFloat32> loss, float weight) {
    losses.put(name, weight == 1 ? loss : tf.math.mul(loss, tf.constant(weight)));
  }

  // Only regions with an object cost anything; there is always one, perhaps without weight.
  private Operand<TFloat32> masks(
      int stage, Pyramid levels, RegionSamples regions, GroundTruths truths) {
    Operand<TInt32> axis = tf.constant(0);
    Operand<TFloat32> positive = tf.dtypes.cast(regions.positive(), TFloat32.class);
    Operand<TInt32> count =
        tf.math.maximum(
            tf.sum(tf.dtypes.cast(regions.positive(), TInt32.class), axis), tf.constant(1));
    Operand<TInt32> chosen =
        tf.nn.topK(positive, count, TInt32.class, new TopK.Options[0]).indices();
    Operand<TFloat32> boxes = tf.gather(regions.boxes(), chosen, axis);
    Operand<TInt32> images = tf.gather(regions.images(), chosen, axis);
    Operand<TFloat32> logits = net.masks(context, stage, levels, boxes, images);
    Operand<TUint8> masks = truths.masks().orElseThrow();
    Operand<TInt32> objects =
        tf.math.add(
            tf.math.mul(images, Shapes.size(tf, masks, 1)),
            tf.gather(regions.truths(), chosen, axis));
    int size = Math.toIntExact(logits.shape().get(1));
    Operand<TFloat32> targets =
        new MaskTargets(net.conventions(), size).build(tf, Rows.flat(tf, masks), objects, boxes);
    return new MaskLoss(net.layout())
        .build(
            tf,
            logits,
            tf.gather(regions.labels(), chosen, axis),
            targets,
            tf.gather(positive, chosen, axis));
  }

  private BoxSet refined(
      DeltaCoding coding, BoxOutput output, RegionSamples regions, GroundTruths truths) {
    Operand<TFloat32> deltas = tf.reshape(output.deltas(), tf.constant(new int[] {-1, 4}));
    Operand<TFloat32> decoded = coding.decode(tf, regions.boxes(), deltas);
    int samples = settings.regions().count();
    Operand<TFloat32> boxes =
        tf.reshape(tf.stopGradient(decoded), tf.constant(new int[] {-1, samples, 4}));
    Operand<TFloat32> clipped =
        net.conventions().clip(tf, boxes, tf.expandDims(truths.sizes(), tf.constant(1)));
    Operand<TBool> kept = tf.math.logicalAnd(regions.valid(), regions.proposed());
    return BoxSet.of(clipped, tf.reshape(kept, tf.constant(new int[] {-1, samples})));
  }
}
