package dev.recal.ops.fusion;

import dev.recal.ops.Shapes;
import dev.recal.ops.gradient.CompositeGradient;
import dev.recal.ops.gradient.CompositeGradient.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * A map x with its first two moments per sample and channel, and y = φ(a ⊙ (x − s) + b + r) of it:
 * scale a and offset b of shape (N, C), a shift s of shape (C), an optional addend r of x's shape,
 * and φ either relu or nothing. The norm and the gate compute a and b from the moments.
 *
 * <p>With n = H·W pixels, sums over pixels, and s close to the batch's mean of each channel:
 *
 * <pre>
 *   d₁ = Σ(x − s) / n      d₂ = Σ(x − s)² / n
 * </pre>
 *
 * <p>s is a constant to the gradient: y does not depend on it when a and b come from d₁ and d₂. It
 * keeps d₂ − d₁² and a ⊙ (x − s) + b free of cancellation however large the mean is, and is rounded
 * to bfloat16 so that it is the same number in maps of either format.
 *
 * <p><b>Backward.</b> Let ẏ be the loss's gradient at y and z = φ′ ⊙ ẏ. Then r has the gradient z,
 *
 * <pre>
 *   ∂L/∂b = Σ z      ∂L/∂a = Σ z ⊙ (x − s)
 * </pre>
 *
 * <p>TensorFlow's own gradients carry these through the small graph from d₁ and d₂ to a and b,
 * which yields g₁ = ∂L/∂d₁ and g₂ = ∂L/∂d₂ of shape (N, C), and
 *
 * <pre>
 *   ∂L/∂x = a ⊙ z + (2 g₂ / n) ⊙ (x − s) + g₁ / n
 * </pre>
 *
 * <p>in one pass. Two composites implement it: <i>moments</i> passes x on to <i>scale and
 * shift</i>. Its gradient at that output is z, not a ⊙ z: <i>scale and shift</i> passes a back
 * through a fourth output, whose value is unused, and <i>moments</i> multiplies. So x must not be
 * used through that output in any other way, and both composites are private to this class.
 *
 * <p>Passes over memory, reads and writes of a map: forward 1 + (1, 1) + 1 for the moments and (2,
 * 1) for y; backward (2, 1) for z, 1 for its sum, (2, 1) + 1 for its product's, (2, 1) for x.
 */
public final class CentredMap {

  private final Ops tf;
  private final PixelMeans pixels;
  private final int channels;
  private final Operand<TFloat32> map;
  private final Operand<TFloat32> token;
  private final Operand<TFloat32> shift;
  private final Operand<TFloat32> first;
  private final Operand<TFloat32> second;

  private CentredMap(
      Ops tf,
      PixelMeans pixels,
      int channels,
      Operand<TFloat32> shift,
      List<Operand<TFloat32>> outputs) {
    this.tf = tf;
    this.pixels = pixels;
    this.channels = channels;
    this.shift = shift;
    this.map = outputs.get(0);
    this.first = outputs.get(1);
    this.second = outputs.get(2);
    this.token = outputs.get(3);
  }

  /**
   * Returns whether a map is supported: its height and width are known, and it has more than one
   * pixel (the variance of one is 0, which sums of rounded squares are not).
   */
  public static boolean supports(Operand<TFloat32> x) {
    return Shapes.hasStaticSize(x) && Shapes.height(x) * (long) Shapes.width(x) > 1;
  }

  /**
   * Adds the moments.
   *
   * @param x (N, H, W, C); see {@link #supports}
   */
  public static CentredMap of(Ops tf, Operand<TFloat32> x) {
    PixelMeans pixels = PixelMeans.of(x);
    int channels = Shapes.channels(x);
    String name = tf.scope().makeOpName("moments");
    Operand<TFloat64> mean = pixels.mean(tf, x);
    Operand<TBfloat16> rounded =
        tf.dtypes.cast(tf.math.mean(mean, tf.constant(0)), TBfloat16.class);
    Operand<TFloat32> shift = tf.stopGradient(tf.dtypes.cast(rounded, TFloat32.class));
    Operand<TFloat64> d1 = tf.math.sub(mean, tf.dtypes.cast(shift, TFloat64.class));
    ElementwiseCluster squares = new ElementwiseCluster(tf, name);
    Operand<TFloat32> centred = squares.minus(x, shift);
    Operand<TFloat64> d2 = pixels.mean(tf, squares.times(centred, centred));
    Operand<TFloat32> first = single(tf, d1);
    List<Operand<TFloat32>> outputs =
        CompositeGradient.defineAll(
            tf,
            List.of(x, first, single(tf, d2), first),
            List.of(x),
            List.of(shift),
            (ops, call) -> List.of(momentsBackward(ops, call, name, channels, pixels.pixels())));
    return new CentredMap(tf, pixels, channels, shift, outputs);
  }

  private static Operand<TFloat32> momentsBackward(
      Ops tf, Call call, String name, int channels, int pixels) {
    Operand<TFloat32> z = call.outputGradient(0);
    Operand<TFloat32> scale = asMap(tf, call.outputGradient(3), channels);
    Operand<TFloat32> slope =
        tf.math.mul(asMap(tf, call.outputGradient(2), channels), tf.constant(-2f / pixels));
    Operand<TFloat32> offset =
        tf.math.mul(asMap(tf, call.outputGradient(1), channels), tf.constant(-1f / pixels));
    ElementwiseCluster cluster = new ElementwiseCluster(tf, name + "/backward");
    Operand<TFloat32> centred = cluster.minus(call.input(0), call.saved(0));
    Operand<TFloat32> sum = cluster.minus(cluster.times(z, scale), cluster.times(centred, slope));
    return cluster.minus(sum, offset);
  }

  /** Returns H·W. */
  public int pixels() {
    return pixels.pixels();
  }

  /** Returns C. */
  public int channels() {
    return channels;
  }

  /** Returns s, of shape (C). */
  public Operand<TFloat32> shift() {
    return shift;
  }

  /** Returns d₁, the mean of x − s, of shape (N, C). */
  public Operand<TFloat32> first() {
    return first;
  }

  /** Returns d₂, the mean of (x − s)², of shape (N, C). */
  public Operand<TFloat32> second() {
    return second;
  }

  /**
   * Adds y.
   *
   * @param scale a, of shape (N, C), a function of the moments
   * @param offset b, of shape (N, C), a function of the moments
   * @param addend r, of x's shape
   * @param rectified whether φ is relu
   */
  public Operand<TFloat32> scaleAndShift(
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      Optional<Operand<TFloat32>> addend,
      boolean rectified) {
    String name = tf.scope().makeOpName("scale_and_shift");
    Operand<TFloat32> negated = tf.math.neg(offset);
    ElementwiseCluster cluster = new ElementwiseCluster(tf, name);
    Operand<TFloat32> scaled = cluster.times(cluster.minus(map, shift), asMap(tf, scale, channels));
    Operand<TFloat32> shifted = cluster.minus(scaled, asMap(tf, negated, channels));
    Operand<TFloat32> sum = addend.map(other -> cluster.plus(shifted, other)).orElse(shifted);
    Operand<TFloat32> y = rectified ? cluster.relu(sum) : sum;
    List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(map, scale, offset, token));
    addend.ifPresent(inputs::add);
    List<Operand<TFloat32>> saved = rectified ? List.of(shift, y) : List.of(shift);
    PixelMeans means = pixels;
    return CompositeGradient.define(
        tf, y, inputs, saved, (ops, call) -> scaleBackward(ops, call, name, means));
  }

  private static List<Operand<TFloat32>> scaleBackward(
      Ops tf, Call call, String name, PixelMeans pixels) {
    boolean rectified = call.saved().size() == 2;
    Operand<TFloat32> z =
        rectified ? reluGradient(tf, call.outputGradient(), call.saved(1)) : call.outputGradient();
    ElementwiseCluster cluster = new ElementwiseCluster(tf, name + "/backward");
    // Of the copy, the difference would stay in float32, in three passes of its own.
    Operand<TFloat32> centred = cluster.minus(call.original(0), call.saved(0));
    Operand<TFloat32> product = cluster.times(z, centred);
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    gradients.add(z);
    gradients.add(sum(tf, pixels, product));
    gradients.add(sum(tf, pixels, z));
    gradients.add(call.input(1));
    if (call.inputs().size() == 5) {
      gradients.add(z);
    }
    return gradients;
  }

  private static Operand<TFloat32> reluGradient(Ops tf, Operand<TFloat32> dy, Operand<TFloat32> y) {
    return tf.scope()
        .opBuilder("ReluGrad", "ReluGrad")
        .addInput(dy.asOutput())
        .addInput(y.asOutput())
        .build()
        .output(0);
  }

  private static Operand<TFloat32> sum(Ops tf, PixelMeans pixels, Operand<TFloat32> x) {
    return single(tf, tf.math.mul(pixels.mean(tf, x), tf.constant((double) pixels.pixels())));
  }

  private static Operand<TFloat32> single(Ops tf, Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }

  private static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> matrix, int channels) {
    return tf.reshape(matrix, tf.constant(new int[] {-1, 1, 1, channels}));
  }
}
