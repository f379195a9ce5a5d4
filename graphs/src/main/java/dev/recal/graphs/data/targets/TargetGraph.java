package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.MapFunction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** How the functions of one pipeline read targets. */
public abstract class TargetGraph implements AutoCloseable {
  private final Map<String, Tensor> tensors;

  /** Takes over the tensors. */
  TargetGraph(Map<String, Tensor> tensors) {
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /** What the functions need to capture, by argument name. */
  public final Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Whether the target of an image depends on how the image is cropped and mirrored. */
  public boolean moves() {
    return false;
  }

  /** What {@link #read} gives for one image: names, types and shapes. */
  public abstract List<MapFunction.Value> components();

  /** What {@link #finish} gives for one image: names, types and shapes. */
  public List<MapFunction.Value> delivered() {
    return components();
  }

  /**
   * Adds ops that read targets.
   *
   * @param arguments holds {@link #tensors()}
   * @param item index, a scalar; a vector for a whole batch if targets do not move
   * @param geometry of the image; unused if targets do not move
   */
  public abstract List<Operand<?>> read(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item, Geometry geometry);

  /** Adds the ops that finish a whole batch of what was read. */
  public List<Operand<?>> finish(Ops tf, List<Operand<?>> batch) {
    return batch;
  }

  /** Gives the components of a delivered batch their types. */
  public abstract TargetBatch batch(List<Operand<?>> delivered);

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
