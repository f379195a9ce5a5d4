package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * One resource variable of a graph.
 *
 * <p>{@code tf.variable()} makes reference variables, whose gradients crash and which other
 * runtimes do not support; this is a {@code VarHandleOp} whose shared name is its path.
 *
 * @param <T> the type of its values
 * @param name the path, for example {@code stage1/block0/conv1/kernel}; the name of the handle in
 *     the graph, and of the value in checkpoints, SavedModels and weight files
 * @param type the class of its values
 * @param shape its shape, fully known
 * @param trainable whether optimisers change it; moving statistics and counters are not trainable
 * @param decayed whether weight decay may apply to it; a recipe can exempt further variables
 * @param handle the resource
 * @param read the value at the start of a step; a single operand for all readers, so that the
 *     gradient of a shared variable is one sum
 * @param initialValue what {@code initializer} assigns; feeding it assigns any other value
 * @param initializer the operation that assigns {@code initialValue}
 */
public record Variable<T extends TNumber>(
    String name,
    Class<T> type,
    Shape shape,
    boolean trainable,
    boolean decayed,
    Operand<? extends TType> handle,
    Operand<T> read,
    Output<T> initialValue,
    Operation initializer)
    implements Op {

  /** Returns the number of values. */
  public long size() {
    return shape.size();
  }

  /**
   * Returns a view of this variable whose value is read after some operations, for example after an
   * optimiser's step that the same run takes.
   *
   * @param after with control dependencies on what changes the variable
   */
  public Variable<T> readAfter(Ops after) {
    return new Variable<>(
        name,
        type,
        shape,
        trainable,
        decayed,
        handle,
        after.readVariableOp(handle, type),
        initialValue,
        initializer);
  }

  @Override
  public Operation op() {
    return handle.op();
  }

  @Override
  public String toString() {
    return name + shape;
  }
}
