package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.PyramidGraph;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.checkpoint.CheckpointIndex.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What happens before the first step of a scale: the scales below are restored, and where a network
 * has the width of the one below it starts from those weights; the reconstruction of the scale
 * below is computed and enlarged, and its error determines the amplitude of the noise.
 */
final class ScaleStart {

  private final PyramidGraph pyramid;
  private final Optional<StoredScale> previous;
  private final List<Saver> readers = new ArrayList<>();
  private final Optional<Op> settle;
  private final boolean inherits;

  /**
   * Adds the operations.
   *
   * @param real the image at this scale
   * @param previous variables of the scale below; empty where none is needed, as for a resumed run
   */
  ScaleStart(
      Ops tf,
      PyramidGraph pyramid,
      OneShotSettings settings,
      int scale,
      Operand<TFloat32> real,
      Optional<StoredScale> previous) {
    this.pyramid = pyramid;
    this.previous = previous;
    boolean sameWidth =
        scale > 0 && pyramid.network().width(scale) == pyramid.network().width(scale - 1);
    this.inherits = sameWidth;
    this.settle = scale == 0 ? Optional.empty() : Optional.of(settle(tf, settings, scale, real));
    previous.ifPresent(stored -> addReaders(tf, scale, sameWidth, stored));
  }

  private void addReaders(Ops tf, int scale, boolean sameWidth, StoredScale stored) {
    Map<String, Entry> tensors = stored.index().tensors();
    String own = PyramidGraph.scope(scale) + "/";
    List<Variable<?>> frozen =
        pyramid.store().all().stream()
            .filter(variable -> isOfPyramid(variable.name()))
            .filter(variable -> !variable.name().startsWith(own))
            .toList();
    readers.add(Saver.add(tf, "frozen", frozen));
    if (!sameWidth) {
      return;
    }
    String below = PyramidGraph.generatorScope(scale - 1) + "/";
    String generator = PyramidGraph.generatorScope(scale) + "/";
    List<Variable<?>> started =
        pyramid.store().all().stream()
            .filter(
                variable -> sameShape(variable, tensors.get(source(variable, generator, below))))
            .toList();
    readers.add(
        Saver.add(tf, "inherited", started, variable -> source(variable, generator, below)));
  }

  private static boolean isOfPyramid(String name) {
    return name.startsWith("scale") || name.equals("image") || name.equals("noise");
  }

  // The name below of a variable of the networks that are trained; otherwise none.
  private static String source(Variable<?> variable, String generator, String below) {
    String name = variable.name();
    if (name.startsWith(ScaleGraph.CRITIC + "/")) {
      return name;
    }
    return name.startsWith(generator) ? below + name.substring(generator.length()) : "";
  }

  private static boolean sameShape(Variable<?> variable, Entry stored) {
    return stored != null && stored.shape().equals(variable.shape());
  }

  private Op settle(Ops tf, OneShotSettings settings, int scale, Operand<TFloat32> real) {
    BuildContext tower = BuildContext.of(pyramid.store(), Tower.inference().named("settle"));
    Operand<TFloat32> enlarged =
        pyramid.enlarged(tf, pyramid.reconstruction(tower, scale - 1), scale);
    Operand<TFloat32> error =
        tf.math.mean(
            tf.math.square(tf.math.sub(real, enlarged)), tf.constant(new int[] {0, 1, 2, 3}));
    Operand<TFloat32> amplitude =
        tf.math.mul(tf.math.sqrt(error), tf.constant((float) settings.noise()));
    return tf.withControlDependencies(
            List.of(
                tf.assignVariableOp(pyramid.previous(scale).handle(), enlarged),
                tf.assignVariableOp(pyramid.amplitude(scale).handle(), amplitude)))
        .noOp();
  }

  /** Returns whether the networks start from those of the scale below. */
  boolean inherits() {
    return inherits;
  }

  /**
   * Gives the variables their values.
   *
   * @param image at the largest scale, in −1..1
   */
  void run(Session session, float[] image) {
    pyramid.store().assign(session, Map.of("image", image));
    previous.ifPresent(
        stored -> readers.forEach(reader -> reader.restore(session, stored.prefix())));
    settle.ifPresent(op -> session.runner().addTarget(op).run().close());
  }
}
