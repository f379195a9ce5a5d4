package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.SpectralNorm;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One instantiation of a generator.
 *
 * @param net its settings
 * @param context its scope
 */
record GeneratorGraph(FastGanGenerator net, BuildContext context) {

  GeneratorOutput build(Operand<TFloat32> z) {
    Map<Integer, Operand<TFloat32>> maps = new LinkedHashMap<>();
    Operand<TFloat32> x = start(z);
    maps.put(FastGanGenerator.START, x);
    for (int resolution = 2 * FastGanGenerator.START; resolution <= net.size(); resolution *= 2) {
      x = block(resolution, x);
      for (Skip skip : net.skips()) {
        if (skip.to() == resolution) {
          x = skip.layer().build(context.at(skip.scope()), maps.get(skip.from()), x);
        }
      }
      maps.put(resolution, x);
    }
    return output(maps);
  }

  /**
   * Both latents pass through the blocks as one batch up to the last modulating map, since a tower
   * may request a variable only once; then only the first half continues.
   */
  GeneratorOutput mix(Operand<TFloat32> z, Operand<TFloat32> style) {
    Ops tf = context.tf();
    int last = net.skips().stream().mapToInt(Skip::from).max().orElse(FastGanGenerator.START);
    Map<Integer, Operand<TFloat32>> maps = new LinkedHashMap<>();
    Map<Integer, Operand<TFloat32>> styles = new LinkedHashMap<>();
    Operand<TFloat32> x = start(tf.concat(List.of(z, style), tf.constant(0)));
    for (int resolution = FastGanGenerator.START; resolution <= net.size(); resolution *= 2) {
      if (resolution > FastGanGenerator.START) {
        x = block(resolution, x);
      }
      boolean both = resolution <= last;
      for (Skip skip : net.skips()) {
        if (skip.to() == resolution) {
          Operand<TFloat32> low = styles.get(skip.from());
          Operand<TFloat32> deciding = both ? tf.concat(List.of(low, low), tf.constant(0)) : low;
          x = skip.layer().build(context.at(skip.scope()), deciding, x);
        }
      }
      if (both) {
        maps.put(resolution, half(tf, x, 0));
        styles.put(resolution, half(tf, x, 1));
        x = resolution == last ? maps.get(resolution) : x;
      } else {
        maps.put(resolution, x);
      }
    }
    return output(maps);
  }

  private static Operand<TFloat32> half(Ops tf, Operand<TFloat32> x, int index) {
    return tf.split(tf.constant(0), x, 2L).output().get(index);
  }

  private GeneratorOutput output(Map<Integer, Operand<TFloat32>> maps) {
    Operand<TFloat32> images =
        Blocks.convolution(3, 3).build(context.at("image"), maps.get(net.size()));
    Operand<TFloat32> small =
        Blocks.convolution(3, 1).build(context.at("small"), maps.get(net.smallSize()));
    return new GeneratorOutput(bounded(images), bounded(small), Collections.unmodifiableMap(maps));
  }

  private Operand<TFloat32> bounded(Operand<TFloat32> images) {
    return net.tanh() ? Activation.TANH.apply(context.tf(), images) : images;
  }

  // The deconvolution of a single pixel is a matrix product, with the output channels last.
  private Operand<TFloat32> start(Operand<TFloat32> z) {
    BuildContext scope = context.at("start");
    Ops tf = scope.tf();
    int size = FastGanGenerator.START;
    int channels = 2 * net.channels(size);
    Shape shape = Shape.of(net.latent(), size, size, channels);
    Operand<TFloat32> stored = scope.weight("kernel", shape, new Normal(0f, Blocks.DEVIATION));
    Operand<TFloat32> kernel = SpectralNorm.normalise(scope, stored, 3);
    Operand<TFloat32> matrix =
        tf.reshape(kernel, tf.constant(new int[] {net.latent(), size * size * channels}));
    Operand<TFloat32> map =
        tf.reshape(tf.linalg.matMul(z, matrix), tf.constant(new int[] {-1, size, size, channels}));
    return Blocks.gated(scope, Blocks.batchNorm(scope.at("bn"), map));
  }

  private Operand<TFloat32> block(int resolution, Operand<TFloat32> x) {
    BuildContext scope = context.at("up" + resolution);
    int channels = net.channels(resolution);
    // 8, 32, 128 and 512 have two convolutions.
    if (Resolutions.exponent(resolution) % 2 == 0) {
      return Blocks.up(scope, x, channels);
    }
    Operand<TFloat32> first = noisy(scope, "1", Blocks.doubled(scope.tf(), x), channels);
    return noisy(scope, "2", first, channels);
  }

  // Convolution to twice the channels, noise, batch norm, GLU.
  private Operand<TFloat32> noisy(
      BuildContext scope, String number, Operand<TFloat32> x, int channels) {
    Ops tf = scope.tf();
    Conv2d convolution = Blocks.convolution(2 * channels, 3);
    Operand<TFloat32> y = convolution.build(scope.at("conv" + number), x);
    if (net.noise()) {
      Operand<TFloat32> gain =
          scope.weight("noise_gain" + number, Shape.scalar(), Initializer.zeros());
      y = tf.math.add(y, tf.math.mul(drawn(scope, number, y), gain));
    }
    return Blocks.gated(scope, Blocks.batchNorm(scope.at("bn" + number), y));
  }

  private static Operand<TFloat32> drawn(BuildContext scope, String number, Operand<TFloat32> y) {
    Ops tf = scope.tf();
    Operand<TInt32> plane = tf.constant(new int[] {Shapes.height(y), Shapes.width(y), 1});
    Operand<TInt32> count =
        scope.training()
            ? tf.slice(tf.shape(y), tf.constant(new int[] {0}), tf.constant(new int[] {1}))
            : tf.constant(new int[] {1});
    Operand<TInt32> size = tf.concat(List.of(count, plane), tf.constant(0));
    // The size depends on the map, and TensorFlow would request the gradient of the random
    // operation.
    return tf.stopGradient(
        tf.random.statelessRandomNormal(size, scope.seed("noise" + number), TFloat32.class));
  }
}
