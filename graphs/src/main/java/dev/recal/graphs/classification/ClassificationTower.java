package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationOps;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One instantiation of the network with its loss and metrics.
 *
 * @param context the tower's root
 * @param logits (N, classes)
 * @param labels the true classes, int32 (N)
 * @param loss the mean cross entropy of the batch, weighted by class in training where weights are
 *     given, a scalar
 * @param correct the number of correct predictions in the batch, an int32 scalar
 */
record ClassificationTower(
    BuildContext context,
    Operand<TFloat32> logits,
    Operand<TInt32> labels,
    Operand<TFloat32> loss,
    Operand<TInt32> correct) {

  /**
   * Builds the network on a batch.
   *
   * @param targets computes the training targets of the batch
   */
  static ClassificationTower build(
      VariableStore store, Tower tower, Network network, Batch batch, Targets targets) {
    BuildContext context = BuildContext.of(store, tower);
    Targets.Prepared prepared = targets.prepare(context, batch, network.classes());
    Operand<TFloat32> logits = network.build(context, prepared.images()).logits();
    return of(context, network, prepared, logits);
  }

  /**
   * Builds the network in inference phase on views of a batch.
   *
   * @param views whose mean probabilities are the logits' softmax
   * @param size rows and columns of a view
   */
  static ClassificationTower evaluating(
      VariableStore store, Tower tower, Network network, Batch batch, Views views, int size) {
    BuildContext context = BuildContext.of(store, tower);
    Targets.Prepared prepared = Targets.plain().prepare(context, batch, network.classes());
    Ops tf = context.at("views").tf();
    Operand<TFloat32> images = views.of(tf, prepared.images(), size);
    Operand<TFloat32> logits = network.build(context, images).logits();
    return of(context, network, prepared, views.mean(tf, logits, network.classes()));
  }

  private static ClassificationTower of(
      BuildContext context, Network network, Targets.Prepared prepared, Operand<TFloat32> logits) {
    Ops tf = context.at("loss").tf();
    Operand<TFloat32> compared =
        context.training() ? network.trainingLogits(tf, logits, prepared.targets()) : logits;
    SoftmaxCrossEntropyWithLogits<TFloat32> entropy =
        SoftmaxCrossEntropyWithLogits.create(tf.scope(), compared, prepared.targets());
    Operand<TFloat32> losses =
        prepared
            .weights()
            .<Operand<TFloat32>>map(weights -> tf.math.mul(entropy.loss(), weights))
            .orElse(entropy.loss());
    Operand<TFloat32> loss = tf.math.mean(losses, tf.constant(0));
    Operand<TInt32> labels = ClassificationOps.hardLabels(tf, prepared.targets());
    Operand<TInt32> predictions = ClassificationOps.predictions(tf, logits);
    Operand<TInt32> correct = ClassificationOps.numberCorrect(tf, predictions, labels);
    return new ClassificationTower(context, logits, labels, loss, correct);
  }

  /** The loss and the penalties that layers registered. */
  Operand<TFloat32> objective() {
    Ops tf = context.at("loss").tf();
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> penalty : context.penalties()) {
      sum = tf.math.add(sum, penalty);
    }
    return sum;
  }
}
