package dev.recal.ops.skip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Phase;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.pool.AveragePool;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Groups computed jointly equal groups computed one after the other. */
class JointGroupsTest {

  /** One instantiation of a module. */
  private interface ModuleBuilder {
    Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersOnMapsThatDivide(Phase phase) {
    compareSkip(phase, new SkipLayerSlim(4, 2, 2, true, false), 2, Shape.of(3, 12, 8, 16));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersOnMapsThatDoNotDivide(Phase phase) {
    compareSkip(phase, new SkipLayerSlim(2, 1, 3, true, false), 2, Shape.of(3, 11, 9, 8));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersOnMapsOfOneSizeAndWideGroups(Phase phase) {
    compareSkip(phase, new SkipLayerSlim(2, 1, 1, false, false), 1, Shape.of(3, 6, 5, 24));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersWithOneGroup(Phase phase) {
    compareSkip(phase, new SkipLayerSlim(1, 4, 1, true, false), 2, Shape.of(4, 6, 4, 8));
  }

  @Test
  void skipLayersOnMapsAboveTheComposedNormsSize() {
    compareSkip(
        Phase.TRAINING, new SkipLayerSlim(2, 1, 1, true, false), 1, Shape.of(4, 32, 33, 16));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersToASmallerMap(Phase phase) {
    SkipLayerSlim slim = new SkipLayerSlim(2, 1, 2, true, false);
    compare(
        phase,
        Shape.of(4, 9, 10, 8),
        (context, x) -> slim.build(context, x, pooled(context, x, 2)),
        (context, x) ->
            GroupLoop.modulated(context, slim, x, pooled(context, x, 2), Optional.empty()));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void skipLayersWithNoise(Phase phase) {
    SkipLayerSlim slim = new SkipLayerSlim(4, 2, 2, true, true);
    compare(
        phase,
        Shape.of(4, 8, 8, 16),
        (context, x) -> slim.build(context, pooled(context, x, 2), x, noise(context, x)),
        (context, x) ->
            GroupLoop.modulated(
                context, slim, pooled(context, x, 2), x, Optional.of(noise(context, x))));
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void queriesAndKeys(Phase phase) {
    for (int stride : List.of(1, 2, 3)) {
      SameLayerSlim slim = new SameLayerSlim(SameLayerSlim.Form.QUERY_KEY, 4, 2, 1, stride);
      compare(
          phase,
          Shape.of(3, 7, 10, 16),
          slim::build,
          (context, x) -> GroupLoop.queryKey(context, slim, x));
    }
  }

  private static void compareSkip(Phase phase, SkipLayerSlim slim, int scale, Shape shape) {
    compare(
        phase,
        shape,
        (context, x) -> slim.build(context, pooled(context, x, scale), x),
        (context, x) ->
            GroupLoop.modulated(context, slim, pooled(context, x, scale), x, Optional.empty()));
  }

  private static Operand<TFloat32> pooled(BuildContext context, Operand<TFloat32> x, int scale) {
    return scale == 1 ? x : AveragePool.of(scale).build(context, x);
  }

  private static Operand<TFloat32> noise(BuildContext context, Operand<TFloat32> x) {
    Operand<TFloat32> map = pooled(context, x, 2);
    return context.tf().split(context.tf().constant(3), map, 16L).output().get(3);
  }

  // Two towers of one graph over the same variables. With two samples a batch norm's gradient would
  // be the remainder of a cancellation, so there are at least three.
  private static void compare(
      Phase phase, Shape shape, ModuleBuilder together, ModuleBuilder loop) {
    Tower tower = phase == Phase.TRAINING ? Tower.training() : Tower.inference();
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<BuildContext> contexts = new ArrayList<>();
    try (LayerTrial trial =
        LayerTrial.of(
            (context, x) -> {
              contexts.add(context);
              contexts.add(BuildContext.of(context.store(), tower.named("loop")));
              outputs.add(together.build(contexts.get(0), x));
              outputs.add(loop.build(contexts.get(1), x));
              return outputs.get(0);
            },
            tower,
            shape,
            LayerTrial.normal(shape))) {
      trial.scatter();
      List<Operand<TFloat32>> compared = new ArrayList<>();
      List<Variable<TFloat32>> weights = trial.context().store().trainable();
      for (int i = 0; i < 2; i++) {
        compared.add(outputs.get(i));
        Operand<TFloat32> loss = contexts.get(i).tf().math.square(outputs.get(i));
        compared.addAll(
            Gradients.of(loss, weights.stream().map(variable -> variable.read()).toList()));
        compared.addAll(statistics(contexts.get(i)).values());
      }
      assertThat(statistics(contexts.get(0)).keySet())
          .isEqualTo(statistics(contexts.get(1)).keySet());
      List<String> names = new ArrayList<>(List.of("output"));
      weights.forEach(variable -> names.add(variable.name()));
      names.addAll(statistics(contexts.get(0)).keySet());
      List<float[]> values = trial.values(compared);
      int half = values.size() / 2;
      double scale = norm(values.get(1));
      for (int i = 0; i < half; i++) {
        scale = Math.max(scale, norm(values.get(i)));
      }
      for (int i = 0; i < half; i++) {
        if (phase == Phase.TRAINING && isCancelled(names, i)) {
          // The loop's gradients are rounding errors.
          assertThat(norm(values.get(i))).as(names.get(i)).isZero();
          continue;
        }
        double bound = 1e-4 * norm(values.get(half + i)) + 1e-6 * scale;
        assertThat(distance(values.get(i), values.get(half + i)))
            .as(names.get(i))
            .isLessThan(bound);
      }
    }
  }

  // A bias before a batch norm changes nothing.
  private static boolean isCancelled(List<String> names, int index) {
    String name = names.get(index);
    boolean styleNorm = names.stream().anyMatch(other -> other.endsWith("style/bn/gamma"));
    return name.matches(".*/mask/(reduce|conv1|conv2)/bias")
        || (styleNorm && name.endsWith("style/reduce/bias"));
  }

  private static Map<String, Operand<TFloat32>> statistics(BuildContext context) {
    Map<String, Operand<TFloat32>> found = new TreeMap<>();
    for (MovingAverage average : context.movingAverages()) {
      found.put(average.variable().name(), average.batchValue());
    }
    return found;
  }

  private static double norm(float[] values) {
    return distance(values, new float[values.length]);
  }

  private static double distance(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.pow((double) one[i] - other[i], 2);
    }
    return Math.sqrt(sum);
  }
}
