package dev.recal.graphs.classification;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.Stage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.regularization.Dropout;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Convolution, optional batch norm, ReLU, mean, dropout, dense: trains in milliseconds. */
record TinyNetwork(int classes, boolean norm, float dropout) implements Network {

  static final TinyNetwork PLAIN = new TinyNetwork(10, true, 0);

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    Operand<TFloat32> map = Conv2d.of(8, 3).stride(2).biased().build(context.at("conv"), images);
    if (norm) {
      map = BatchNorm.defaults().build(context.at("norm"), map);
    }
    map = Activation.RELU.build(context.at("relu"), map);
    Stage stage = new Stage(map, 2, 8);
    Operand<TFloat32> mean = GlobalAveragePool.mean(context.at("pool").tf(), map);
    Operand<TFloat32> kept = new Dropout(dropout).build(context.at("dropout"), mean);
    Operand<TFloat32> logits = Dense.of(classes).build(context.at("head"), kept);
    return new NetworkOutput(logits, Map.of("stage1", stage));
  }

  @Override
  public Network withClasses(int count) {
    return new TinyNetwork(count, norm, dropout);
  }
}
