package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationOps;
import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One instantiation of the network with its loss and metrics.
 *
 * @param context the tower's root
 * @param objective of the loss
 * @param logits the outputs, (N, K)
 * @param targets what the loss compares them with, (N, K)
 * @param loss the mean loss of the batch, weighted by class in training where weights are given, a
 *     scalar
 * @param correct the number of images in the batch whose classes are all predicted correctly, an
 *     int32 scalar; empty for numbers
 */
record ClassificationTower(
    BuildContext context,
    Objective objective,
    Operand<TFloat32> logits,
    Operand<TFloat32> targets,
    Operand<TFloat32> loss,
    Optional<Operand<TInt32>> correct) {

  /**
   * Builds the network on a batch.
   *
   * @param targets computes the training targets of the batch
   */
  static ClassificationTower build(
      VariableStore store,
      Tower tower,
      Network network,
      Batch batch,
      Targets targets,
      Objective objective) {
    BuildContext context = BuildContext.of(store, tower);
    Targets.Prepared prepared =
        targets.prepare(context, batch, network.classes(), objective.outputs());
    Operand<TFloat32> logits = network.build(context, prepared.images()).logits();
    return of(context, network, prepared, logits, objective);
  }

  /**
   * Builds the network in inference phase on views of a batch.
   *
   * @param views whose mean answers are those of the logits
   * @param size rows and columns of a view
   */
  static ClassificationTower evaluating(
      VariableStore store,
      Tower tower,
      Network network,
      Batch batch,
      Views views,
      int size,
      Objective objective) {
    BuildContext context = BuildContext.of(store, tower);
    Targets.Prepared prepared =
        Targets.plain().prepare(context, batch, network.classes(), objective.outputs());
    Ops tf = context.at("views").tf();
    Operand<TFloat32> images = views.of(tf, prepared.images(), size);
    Operand<TFloat32> logits = network.build(context, images).logits();
    Operand<TFloat32> mean =
        switch (objective.kind()) {
          case ONE_CLASS -> views.mean(tf, logits, network.classes());
          case SEVERAL_CLASSES -> views.meanOfEach(tf, logits, network.classes());
          case NUMBERS -> views.average(tf, logits, network.classes());
        };
    return of(context, network, prepared, mean, objective);
  }

  private static ClassificationTower of(
      BuildContext context,
      Network network,
      Targets.Prepared prepared,
      Operand<TFloat32> logits,
      Objective objective) {
    Ops tf = context.at("loss").tf();
    Operand<TFloat32> compared =
        context.training() && objective.kind() == OutputKind.ONE_CLASS
            ? network.trainingLogits(tf, logits, prepared.targets())
            : logits;
    Operand<TFloat32> losses =
        objective.loss().losses(context.at("loss"), compared, prepared.targets());
    if (losses.shape().numDimensions() != 1) {
      throw new IllegalArgumentException(
          "loss: expected a loss for each image, of shape (N), from "
              + objective.loss()
              + ", but got the shape "
              + losses.shape()
              + ".");
    }
    Operand<TFloat32> weighted =
        prepared
            .weights()
            .<Operand<TFloat32>>map(weights -> tf.math.mul(losses, weights))
            .orElse(losses);
    Operand<TFloat32> loss = tf.math.mean(weighted, tf.constant(0));
    return new ClassificationTower(
        context,
        objective,
        logits,
        prepared.targets(),
        loss,
        correct(tf, objective.kind(), logits, prepared.targets()));
  }

  private static Optional<Operand<TInt32>> correct(
      Ops tf, OutputKind kind, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    if (kind == OutputKind.NUMBERS) {
      return Optional.empty();
    }
    if (kind == OutputKind.ONE_CLASS) {
      Operand<TInt32> predictions = ClassificationOps.predictions(tf, logits);
      Operand<TInt32> labels = ClassificationOps.hardLabels(tf, targets);
      return Optional.of(ClassificationOps.numberCorrect(tf, predictions, labels));
    }
    // A probability of one half is a logit of 0.
    Operand<TBool> right =
        tf.math.equal(
            tf.math.greaterEqual(logits, tf.constant(0f)),
            tf.math.greater(targets, tf.constant(0.5f)));
    Operand<TBool> images = tf.reduceAll(right, tf.constant(1));
    return Optional.of(tf.sum(tf.dtypes.cast(images, TInt32.class), tf.constant(0)));
  }

  /** The loss and the penalties that layers registered. */
  Operand<TFloat32> minimised() {
    Ops tf = context.at("loss").tf();
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> penalty : context.penalties()) {
      sum = tf.math.add(sum, penalty);
    }
    return sum;
  }
}
