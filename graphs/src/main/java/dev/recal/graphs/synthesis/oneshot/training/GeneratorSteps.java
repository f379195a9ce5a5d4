package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.synthesis.oneshot.PyramidGraph;
import dev.recal.graphs.synthesis.oneshot.training.ScaleGraph.UpdateRequest;
import dev.recal.ops.BuildContext;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The generator's updates of a step: the adversarial loss of the last generated image, whose
 * gradient they share, and the reconstruction's error with the current weights.
 */
final class GeneratorSteps {

  private final Ops tf;
  private final PyramidGraph pyramid;
  private final OneShotSettings settings;
  private final int scale;
  private final Operand<TFloat32> real;
  private final Fakes fakes;
  private final CriticSteps critic;
  private final LossScaling scaling;
  private final List<BuildContext> passes;
  private final List<Operand<TFloat32>> reconstructions = new ArrayList<>();
  private final List<Operand<TFloat32>> firstGradients = new ArrayList<>();
  private final List<Op> done = new ArrayList<>();
  private Operand<TFloat32> adversarial;
  private Operand<TFloat32> gradientNorm;

  /**
   * The generated images of a step.
   *
   * @param towers of each
   * @param images (1, h, w, C), one for each update of the critic
   */
  record Fakes(List<BuildContext> towers, List<Operand<TFloat32>> images) {

    Operand<TFloat32> last() {
      return images.get(images.size() - 1);
    }
  }

  GeneratorSteps(
      Ops tf,
      PyramidGraph pyramid,
      OneShotSettings settings,
      int scale,
      Operand<TFloat32> real,
      Fakes fakes,
      CriticSteps critic,
      LossScaling scaling) {
    this.tf = tf;
    this.pyramid = pyramid;
    this.settings = settings;
    this.scale = scale;
    this.real = real;
    this.fakes = fakes;
    this.critic = critic;
    this.scaling = scaling;
    this.passes = new ArrayList<>(fakes.towers());
  }

  /** Adds all updates, and that of the stored statistics. */
  void build(Function<UpdateRequest, List<Op>> update) {
    String scope = PyramidGraph.generatorScope(scale);
    List<Variable<TFloat32>> first = new ReadViews(tf, List.of()).trainable(pyramid.store(), scope);
    List<Operand<TFloat32>> shared = adversarialGradients(first);
    List<Op> changes = List.of();
    for (int j = 0; j < settings.generatorSteps(); j++) {
      ReadViews views = new ReadViews(tf, changes);
      Operand<TFloat32> loss = reconstructionLoss(j, views);
      reconstructions.add(loss);
      List<Variable<TFloat32>> variables = views.trainable(pyramid.store(), scope);
      List<Operand<TFloat32>> own =
          Gradients.of(scaling.scaled(tf, loss), ReadViews.reads(variables));
      List<Operand<TFloat32>> gradients = new ArrayList<>();
      for (int i = 0; i < own.size(); i++) {
        gradients.add(tf.math.add(shared.get(i), own.get(i)));
      }
      if (j == 0) {
        firstGradients.addAll(gradients);
      }
      boolean last = j == settings.generatorSteps() - 1;
      changes =
          update.apply(
              new UpdateRequest(
                  j,
                  variables,
                  gradients,
                  List.of(adversarial, loss),
                  last ? this::statistics : ops -> List.of()));
    }
    done.addAll(changes);
  }

  private List<Operand<TFloat32>> adversarialGradients(List<Variable<TFloat32>> variables) {
    adversarial = critic.generatorLoss(fakes.last());
    List<Operand<TFloat32>> inputs = new ArrayList<>(ReadViews.reads(variables));
    inputs.add(fakes.last());
    List<Operand<TFloat32>> gradients = Gradients.of(scaling.scaled(tf, adversarial), inputs);
    Operand<TFloat32> image = gradients.get(gradients.size() - 1);
    gradientNorm =
        scaling.unscaled(tf, tf.math.sqrt(tf.math.mul(tf.nn.l2Loss(image), tf.constant(2f))));
    return gradients.subList(0, gradients.size() - 1);
  }

  private Operand<TFloat32> reconstructionLoss(int j, ReadViews views) {
    BuildContext tower =
        BuildContext.of(
            pyramid.store(), Tower.training().named("reconstruction" + j).withVariables(views::of));
    passes.add(tower);
    Operand<TFloat32> error = tf.math.sub(pyramid.reconstruction(tower, scale), real);
    return tf.math.mul(
        tf.math.mean(tf.math.square(error), tf.constant(new int[] {0, 1, 2, 3})),
        tf.constant((float) settings.reconstruction()));
  }

  // What one moving average after the other would give.
  private List<Op> statistics(Ops ops) {
    List<Op> updates = new ArrayList<>();
    List<MovingAverage> first = passes.get(0).movingAverages();
    for (int i = 0; i < first.size(); i++) {
      Operand<TFloat32> value = first.get(i).variable().read();
      for (BuildContext pass : passes) {
        MovingAverage average = pass.movingAverages().get(i);
        value =
            ops.math.add(
                ops.math.mul(value, ops.constant(average.decay())),
                ops.math.mul(average.batchValue(), ops.constant(1 - average.decay())));
      }
      updates.add(ops.assignVariableOp(first.get(i).variable().handle(), value));
    }
    return updates;
  }

  /** What has to run so that all updates are done. */
  List<Op> done() {
    return done;
  }

  Operand<TFloat32> adversarial() {
    return adversarial;
  }

  /** The norm of the adversarial loss's gradient at the generated image. */
  Operand<TFloat32> gradientNorm() {
    return gradientNorm;
  }

  /** The weighted reconstruction loss of each update. */
  List<Operand<TFloat32>> reconstructions() {
    return reconstructions;
  }

  Operand<TFloat32> reconstruction() {
    return reconstructions.get(reconstructions.size() - 1);
  }

  /** The gradients of the first update, one for each trainable variable. */
  List<Operand<TFloat32>> firstGradients() {
    return firstGradients;
  }
}
