package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.AveragePool;
import dev.recal.ops.pool.MaxPool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Builds a DenseNet: stem, stages of layers with transitions between them, and head. */
final class DenseNetGraph {

  private static final int STEM_KERNEL = 7;

  private final DenseNet net;
  private final BlockParts parts;
  private final int growth;

  DenseNetGraph(DenseNet net) {
    this.net = net;
    this.parts = net.parts();
    this.growth = NetworkChecks.scaled(net.growth(), net.width());
  }

  NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    NetworkChecks.requireImages(images);
    Map<String, Stage> stages = new LinkedHashMap<>();
    int channels = NetworkChecks.scaled(net.channels(), net.width());
    Operand<TFloat32> colours = net.normalization().apply(context.tf(), images);
    Operand<TFloat32> x = parts.stem(context, net.stem(), STEM_KERNEL, channels, false, colours);
    int stride = net.stem() == ResNet.Stem.CIFAR ? 1 : 2;
    stages.put("stem", new Stage(x, stride, channels));
    if (net.stem() != ResNet.Stem.CIFAR) {
      x = new MaxPool(3, 2, 1).build(context.at("stem").at("pool"), x);
      stride *= 2;
    }
    int last = net.repeats().size() - 1;
    for (int i = 0; i <= last; i++) {
      BuildContext scope = context.at("stage" + (i + 1));
      x = layers(scope, x, i);
      BuildContext after = i < last ? scope.at("transition") : context.at("last");
      x = normalised(after, "", NormPlace.SHORTCUT, i, x);
      stages.put("stage" + (i + 1), new Stage(x, stride, Shapes.channels(x)));
      if (i < last) {
        x = Conv2d.of(Shapes.channels(x) / 2, 1).build(after.at("conv"), x);
        x = AveragePool.of(2).build(after.at("pool"), x);
        stride *= 2;
      }
    }
    return new NetworkOutput(BlockParts.head(context, x, net.classes(), net.dropout()), stages);
  }

  private Operand<TFloat32> layers(BuildContext scope, Operand<TFloat32> input, int stage) {
    Operand<TFloat32> x = input;
    for (int j = 0; j < net.repeats().get(stage); j++) {
      BuildContext layer = scope.at("layer" + j);
      Operand<TFloat32> added = added(layer, x, stage);
      x = layer.tf().concat(List.of(x, added), layer.tf().constant(3));
    }
    return parts.recalibrated(scope, ResNet.Place.AFTER_ADDITION, x);
  }

  private Operand<TFloat32> added(BuildContext layer, Operand<TFloat32> x, int stage) {
    Operand<TFloat32> seen = normalised(layer, "1", NormPlace.BN1, stage, x);
    Layer first = Conv2d.of(net.bottleneck() * growth, 1);
    Operand<TFloat32> narrow = first.build(layer.at("conv1"), seen);
    Operand<TFloat32> inner = normalised(layer, "2", NormPlace.BN2, stage, narrow);
    Layer second =
        net.spatial()
            .map(other -> other.sized(growth, 1))
            .orElseGet(() -> Conv2d.of(growth, 3).groups(net.groups()));
    Operand<TFloat32> made = second.build(layer.at("conv2"), inner);
    // A layer ends with its spatial convolution, so that these two places are one.
    Operand<TFloat32> gated = parts.recalibrated(layer, ResNet.Place.SPATIAL, made);
    return parts.recalibrated(layer, ResNet.Place.BRANCH_END, gated);
  }

  private Operand<TFloat32> normalised(
      BuildContext scope, String suffix, NormPlace place, int stage, Operand<TFloat32> x) {
    Norm norm = parts.norm(place, stage);
    return Activation.RELU.apply(scope.tf(), norm.build(scope.at("bn" + suffix), x));
  }
}
