package dev.recal.ops.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.initializer.Normal;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

class SpectralNormTest {

  /**
   * A layer with and without spectral norm, its input, and the layout of its kernel as a matrix.
   *
   * @param outputs rows of the matrix
   * @param inner values of the kernel that follow each other with one output index
   */
  record Case(Layer layer, Layer plain, Shape input, int outputs, int inner) {

    /** Returns the kernel as rows of outputs. */
    double[][] rows(float[] kernel) {
      double[][] rows = new double[outputs][kernel.length / outputs];
      for (int i = 0; i < kernel.length; i++) {
        int outer = i / (inner * outputs);
        rows[i / inner % outputs][outer * inner + i % inner] = kernel[i];
      }
      return rows;
    }

    /** Returns the reverse. */
    double[] kernel(double[][] rows) {
      double[] kernel = new double[outputs * rows[0].length];
      for (int i = 0; i < kernel.length; i++) {
        int outer = i / (inner * outputs);
        kernel[i] = rows[i / inner % outputs][outer * inner + i % inner];
      }
      return kernel;
    }
  }

  static List<Case> cases() {
    Conv2d wide = Conv2d.of(5, 3).biased();
    Conv2d grouped = Conv2d.of(6, 3).groups(2).stride(2);
    TransposedConv2d up = TransposedConv2d.of(5, 4, 2);
    Dense dense = new Dense(4, true, new Normal(0f, 1f));
    Shape map = Shape.of(2, 6, 5, 4);
    return List.of(
        new Case(wide.withSpectralNorm(), wide, map, 5, 1),
        new Case(grouped.withSpectralNorm(), grouped, map, 6, 1),
        new Case(up.withSpectralNorm(), up, map, 5, 4),
        new Case(dense.withSpectralNorm(), dense, Shape.of(3, 7), 4, 1));
  }

  private record Step(double[] u, double[] v, double sigma) {}

  // v from the stored u; u a step on, or the stored one.
  private static Step iterate(double[][] w, float[] stored, boolean training) {
    double[] v = new double[w[0].length];
    for (int o = 0; o < w.length; o++) {
      for (int r = 0; r < v.length; r++) {
        v[r] += w[o][r] * stored[o];
      }
    }
    unit(v);
    double[] image = new double[w.length];
    for (int o = 0; o < w.length; o++) {
      for (int r = 0; r < v.length; r++) {
        image[o] += w[o][r] * v[r];
      }
    }
    double[] u = new double[w.length];
    for (int o = 0; o < u.length; o++) {
      u[o] = training ? image[o] : stored[o];
    }
    unit(u);
    double sigma = 0;
    for (int o = 0; o < u.length; o++) {
      sigma += u[o] * image[o];
    }
    return new Step(u, v, sigma);
  }

  private static void unit(double[] vector) {
    double norm = Math.sqrt(Arrays.stream(vector).map(value -> value * value).sum());
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= norm;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void dividesTheKernelAndStepsOnInTrainingOnly(Case one) {
    for (boolean training : List.of(true, false)) {
      Tower tower = training ? Tower.training() : Tower.inference();
      float[] x = LayerTrial.normal(one.input());
      try (LayerTrial spectral = LayerTrial.of(one.layer(), tower, one.input(), x).scatter();
          LayerTrial plain = LayerTrial.of(one.plain(), tower, one.input(), x).scatter()) {
        float[] kernel = spectral.variable("kernel");
        Step step = iterate(one.rows(kernel), spectral.variable("kernel_u"), training);
        float[] divided = new float[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
          divided[i] = (float) (kernel[i] / step.sigma());
        }
        plain.assign("kernel", divided);
        double[] expected = new double[plain.output().length];
        float[] output = plain.output();
        Arrays.setAll(expected, i -> output[i]);
        ArrayAssertions.assertClose(spectral.output(), expected);
        checkKernelGradient(one, spectral, plain, step);
        assertThat(spectral.parameters()).isEqualTo(plain.parameters());
        if (training) {
          spectral.update();
          ArrayAssertions.assertClose(spectral.variable("kernel_u"), step.u());
        } else {
          assertThat(spectral.context().updates()).isEmpty();
        }
      }
    }
  }

  // With G the gradient at w/σ: dw = (G − ⟨G, w/σ⟩ u vᵀ) / σ, since u and v are constants.
  private static void checkKernelGradient(
      Case one, LayerTrial spectral, LayerTrial plain, Step step) {
    double[][] g = one.rows(plain.gradients().get(1));
    double[][] w = one.rows(spectral.variable("kernel"));
    double product = 0;
    for (int o = 0; o < w.length; o++) {
      for (int r = 0; r < w[0].length; r++) {
        product += g[o][r] * w[o][r] / step.sigma();
      }
    }
    double[][] expected = new double[w.length][w[0].length];
    for (int o = 0; o < w.length; o++) {
      for (int r = 0; r < w[0].length; r++) {
        expected[o][r] = (g[o][r] - product * step.u()[o] * step.v()[r]) / step.sigma();
      }
    }
    ArrayAssertions.assertClose(spectral.gradients().get(1), one.kernel(expected));
  }

  // Once u has converged, its change with the kernel is of second order, so differences agree too.
  @ParameterizedTest
  @MethodSource("cases")
  void gradientMatchesConvergedSingularValue(Case one) {
    try (LayerTrial trial = LayerTrial.training(one.layer(), one.input()).scatter()) {
      double[][] w = one.rows(trial.variable("kernel"));
      float[] settled = settled(w, trial.variable("kernel_u"));
      double largest = iterate(w, settled, true).sigma();
      float[] elsewhere = new float[w.length];
      Arrays.fill(elsewhere, 1f);
      assertThat(iterate(w, settled(w, elsewhere), true).sigma())
          .isCloseTo(largest, within(1e-6 * largest));
      trial.assign("kernel_u", settled).checkGradients();
    }
  }

  private static float[] settled(double[][] w, float[] start) {
    float[] u = start;
    for (int i = 0; i < 1000; i++) {
      double[] next = iterate(w, u, true).u();
      u = new float[next.length];
      for (int j = 0; j < u.length; j++) {
        u[j] = (float) next[j];
      }
    }
    return u;
  }

  @Test
  void keepsZeroKernel() {
    Conv2d layer = Conv2d.of(3, 3).withSpectralNorm();
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 4, 4, 2))) {
      trial.assign("kernel", new float[3 * 3 * 2 * 3]);
      assertThat(trial.output()).containsOnly(0f);
      trial.checkFinite();
      trial.update();
      for (float value : trial.variable("kernel_u")) {
        assertThat(value).isFinite();
      }
    }
  }

  // Kernels of several scopes, concatenated along the axis.
  private record JoinedLayer(Shape shape, long axis, boolean together) implements Layer {
    @Override
    public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
      Ops tf = context.tf();
      List<BuildContext> scopes = IntStream.range(0, 3).mapToObj(i -> context.at("g" + i)).toList();
      List<Operand<TFloat32>> kernels = new ArrayList<>();
      for (BuildContext scope : scopes) {
        Operand<TFloat32> kernel = scope.weight("kernel", shape, new Normal(0f, 1f));
        int outputs = shape.numDimensions() - 1;
        kernels.add(together ? kernel : SpectralNorm.normalise(scope, kernel, outputs));
      }
      Operand<TFloat32> all = tf.stack(kernels, Stack.axis(axis));
      Operand<TFloat32> normal =
          together ? SpectralNorm.normaliseEach(context, scopes, all, axis) : all;
      return tf.math.mul(normal, x);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, true", "0, false", "3, true", "3, false"})
  void jointKernelsEqualSingleKernels(long axis, boolean training) {
    Shape kernel = axis == 0 ? Shape.of(6, 5) : Shape.of(3, 3, 2, 4);
    Tower tower = training ? Tower.training() : Tower.inference();
    Shape input = Shape.of(1);
    try (LayerTrial one = LayerTrial.of(new JoinedLayer(kernel, axis, false), tower, input, 1f);
        LayerTrial all = LayerTrial.of(new JoinedLayer(kernel, axis, true), tower, input, 1f)) {
      one.scatter();
      for (String name : one.names()) {
        all.assign(name, one.variable(name));
      }
      ArrayAssertions.assertClose(all.output(), wide(one.output()));
      List<float[]> expected = one.gradients();
      List<float[]> gradients = all.gradients();
      for (int i = 0; i < expected.size(); i++) {
        ArrayAssertions.assertClose(gradients.get(i), wide(expected.get(i)));
      }
      if (training) {
        one.update();
        all.update();
      }
      for (String name : one.names()) {
        ArrayAssertions.assertClose(all.variable(name), wide(one.variable(name)));
      }
    }
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }
}
