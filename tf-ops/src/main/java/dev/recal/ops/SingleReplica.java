package dev.recal.ops;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/** The only copy of a network. */
enum SingleReplica implements Replicas {
  INSTANCE;

  @Override
  public int size() {
    return 1;
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
    return value;
  }

  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return value;
  }

  @Override
  public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
    return List.copyOf(values);
  }

  @Override
  public <T extends TFloating> Operand<T> differentiableMean(Ops tf, Operand<T> value) {
    return value;
  }
}
