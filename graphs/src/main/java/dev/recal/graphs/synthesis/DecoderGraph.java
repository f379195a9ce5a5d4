package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One instantiation of a discriminator's decoders. All three start from an 8×8 map, so the official
 * code's adaptive pooling to 8×8 is a no-op.
 *
 * @param net the discriminator's settings
 * @param context its scope
 */
record DecoderGraph(FastGanDiscriminator net, BuildContext context) {

  // Channels of the maps of 16, 32, 64 and 128 as shares of the width.
  private static final List<Double> MULTIPLIERS = List.of(2.0, 1.0, 1.0, 0.5);

  Reconstructions build(DiscriminatorOutput output, Operand<TInt32> quadrant) {
    return new Reconstructions(
        decoded("whole", output.whole()),
        decoded("small", output.small()),
        decoded("part", part(output.fine(), quadrant)));
  }

  private Operand<TFloat32> decoded(String name, Operand<TFloat32> map) {
    BuildContext scope = context.at("decoder_" + name);
    Operand<TFloat32> x = map;
    int first = 2 * FastGanDiscriminator.END;
    for (int size = first; size <= net.decodedSize(); size *= 2) {
      int channels = Resolutions.channels(net.width(), MULTIPLIERS, first, size);
      x = Blocks.up(scope.at("up" + size), x, channels);
    }
    Operand<TFloat32> image = Blocks.convolution(3, 3).build(scope.at("image"), x);
    return Activation.TANH.apply(scope.tf(), image);
  }

  private Operand<TFloat32> part(Operand<TFloat32> map, Operand<TInt32> quadrant) {
    Ops tf = context.tf();
    int half = FastGanDiscriminator.END;
    Operand<TInt32> two = tf.constant(2);
    Operand<TInt32> length = tf.constant(half);
    Operand<TInt32> row = tf.math.mul(tf.math.floorDiv(quadrant, two), length);
    Operand<TInt32> column = tf.math.mul(tf.math.floorMod(quadrant, two), length);
    Operand<TInt32> zero = tf.constant(0);
    long batch = map.shape().get(0);
    int count = batch == Shape.UNKNOWN_SIZE ? -1 : Math.toIntExact(batch);
    return tf.slice(
        map,
        tf.stack(List.of(zero, row, column, zero)),
        tf.constant(new int[] {count, half, half, Shapes.channels(map)}));
  }
}
