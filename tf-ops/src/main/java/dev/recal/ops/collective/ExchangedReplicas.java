package dev.recal.ops.collective;

import dev.recal.ops.Replicas;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * A group whose gradients are averaged in a given way, to compare the ways in a training graph.
 *
 * @param group of replicas
 * @param exchange how gradients are averaged
 */
public record ExchangedReplicas(ReplicaGroup group, GradientExchange exchange) implements Replicas {

  /** Rejects missing parts. */
  public ExchangedReplicas {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(exchange, "exchange");
  }

  @Override
  public int size() {
    return group.size();
  }

  @Override
  public int index() {
    return group.index();
  }

  @Override
  public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
    return group.sum(tf, value);
  }

  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return group.mean(tf, value);
  }

  @Override
  public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
    return exchange.means(group, tf, values);
  }

  @Override
  public <T extends TFloating> Operand<T> differentiableMean(Ops tf, Operand<T> value) {
    return group.differentiableMean(tf, value);
  }
}
