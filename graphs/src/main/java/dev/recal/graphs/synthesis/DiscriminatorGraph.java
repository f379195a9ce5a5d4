package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.pool.AveragePool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One instantiation of a discriminator.
 *
 * @param net its settings
 * @param context its scope
 */
record DiscriminatorGraph(FastGanDiscriminator net, BuildContext context) {

  DiscriminatorOutput build(Operand<TFloat32> images, Operand<TFloat32> small) {
    Ops tf = context.tf();
    Map<Integer, Operand<TFloat32>> maps = new LinkedHashMap<>();
    Operand<TFloat32> x = stem(images);
    maps.put(net.stemSize(), x);
    for (int size = net.stemSize() / 2; size >= FastGanDiscriminator.END; size /= 2) {
      x = down(context.at("down" + size), x, net.channels(size));
      for (Skip skip : net.skips()) {
        if (skip.to() == size) {
          x = skip.layer().build(context.at(skip.scope()), maps.get(skip.from()), x);
        }
      }
      maps.put(size, x);
    }
    BuildContext head = context.at("head");
    Operand<TFloat32> wide =
        Blocks.unit(head, "1", Blocks.convolution(2 * Shapes.channels(x), 1), x);
    Operand<TFloat32> reduced = small(small);
    Operand<TFloat32> logits =
        tf.concat(
            List.of(
                logits(head.at("conv2"), wide),
                logits(context.at("small").at("head").at("conv"), reduced)),
            tf.constant(1));
    return new DiscriminatorOutput(logits, x, reduced, maps.get(2 * FastGanDiscriminator.END));
  }

  // To at most 256×256, one halving for every doubling of the image's size.
  private Operand<TFloat32> stem(Operand<TFloat32> images) {
    BuildContext scope = context.at("stem");
    if (net.size() == net.stemSize()) {
      Conv2d full = Blocks.convolution(net.channels(net.size()), 3);
      return Blocks.leaky(scope, full.build(scope.at("conv1"), images));
    }
    int size = net.size() / 2;
    Conv2d first = Blocks.halving(net.channels(size));
    Operand<TFloat32> x = Blocks.leaky(scope, first.build(scope.at("conv1"), images));
    for (int number = 2; size > net.stemSize(); number++) {
      size /= 2;
      x = Blocks.unit(scope, String.valueOf(number), Blocks.halving(net.channels(size)), x);
    }
    return x;
  }

  private static Operand<TFloat32> down(BuildContext scope, Operand<TFloat32> x, int channels) {
    Ops tf = scope.tf();
    BuildContext main = scope.at("main");
    Operand<TFloat32> halved = Blocks.unit(main, "1", Blocks.halving(channels), x);
    Operand<TFloat32> direct = Blocks.unit(main, "2", Blocks.convolution(channels, 3), halved);
    BuildContext side = scope.at("side");
    Operand<TFloat32> means = AveragePool.of(2).build(side, x);
    Operand<TFloat32> pooled = Blocks.unit(side, "", Blocks.convolution(channels, 1), means);
    return tf.math.mul(tf.math.add(direct, pooled), tf.constant(0.5f));
  }

  // Half the channels of the other path; the first convolution has no norm.
  private Operand<TFloat32> small(Operand<TFloat32> images) {
    BuildContext scope = context.at("small");
    Operand<TFloat32> x = images;
    for (int size = net.smallSize() / 2; size >= FastGanDiscriminator.END; size /= 2) {
      BuildContext block = scope.at("down" + size);
      Conv2d halving = Blocks.halving(net.channels(size) / 2);
      x =
          x == images
              ? Blocks.leaky(block, halving.build(block.at("conv"), x))
              : Blocks.unit(block, "", halving, x);
    }
    return x;
  }

  private static Operand<TFloat32> logits(BuildContext scope, Operand<TFloat32> x) {
    Operand<TFloat32> map = Blocks.convolution(1, 4).padding(Padding.VALID).build(scope, x);
    int count = Shapes.height(map) * Shapes.width(map);
    return scope.tf().reshape(map, scope.tf().constant(new int[] {-1, count}));
  }
}
