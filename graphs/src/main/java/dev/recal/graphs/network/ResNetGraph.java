package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Shapes;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.MaxPool;
import dev.recal.ops.regularization.Dropout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Builds a ResNet: stem, stages and head; {@link ResidualBlock} builds what stages consist of. */
final class ResNetGraph {

  private final ResNet net;

  ResNetGraph(ResNet net) {
    this.net = net;
  }

  NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    if (Shapes.channels(images) != 3) {
      throw new IllegalArgumentException(
          "images: expected (N, H, W, 3), but the shape is " + images.shape() + ".");
    }
    Map<String, Stage> stages = new LinkedHashMap<>();
    Operand<TFloat32> x = stem(context, net.normalization().apply(context.tf(), images));
    int stride = net.stem() == ResNet.Stem.CIFAR ? 1 : 2;
    stages.put("stem", new Stage(x, stride, net.stemChannels()));
    if (net.stem() != ResNet.Stem.CIFAR) {
      x = new MaxPool(3, 2, 1).build(context.at("stem").at("pool"), x);
      stride *= 2;
    }
    for (int i = 0; i < net.repeats().size(); i++) {
      ResidualBlock block = new ResidualBlock(net, i);
      BuildContext scope = context.at("stage" + (i + 1));
      int step = i == 0 ? 1 : 2;
      stride *= step;
      for (int j = 0; j < net.repeats().get(i); j++) {
        x = block.build(scope.at("block" + j), x, j == 0 ? step : 1);
      }
      stages.put("stage" + (i + 1), new Stage(x, stride, block.outputChannels()));
    }
    return new NetworkOutput(head(context.at("head"), x), stages);
  }

  private Operand<TFloat32> stem(BuildContext context, Operand<TFloat32> images) {
    BuildContext scope = context.at("stem");
    int channels = net.stemChannels();
    return switch (net.stem()) {
      case IMAGENET -> unit(scope, "", Conv2d.of(channels, 7).stride(2), images);
      case CIFAR -> unit(scope, "", Conv2d.of(channels, 3), images);
      case DEEP -> {
        int half = Math.max(1, channels / 2);
        Operand<TFloat32> first = unit(scope, "1", Conv2d.of(half, 3).stride(2), images);
        Operand<TFloat32> second = unit(scope, "2", Conv2d.of(half, 3), first);
        yield unit(scope, "3", Conv2d.of(channels, 3), second);
      }
    };
  }

  private Operand<TFloat32> unit(
      BuildContext scope, String suffix, Conv2d convolution, Operand<TFloat32> x) {
    Operand<TFloat32> y = convolution.build(scope.at("conv" + suffix), x);
    return new NormUnit(net, net.norm(NormPlace.STEM, 0)).rectified(scope.at("bn" + suffix), y);
  }

  private Operand<TFloat32> head(BuildContext scope, Operand<TFloat32> x) {
    Operand<TFloat32> features = GlobalAveragePool.mean(scope.tf(), x);
    Operand<TFloat32> kept = new Dropout(net.dropout()).build(scope.at("dropout"), features);
    return Dense.of(net.classes()).build(scope.at("dense"), kept);
  }
}
