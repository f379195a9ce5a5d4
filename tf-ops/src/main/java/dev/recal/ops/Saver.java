package dev.recal.ops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * The operations that write and read a graph's variables as a TensorFlow checkpoint.
 *
 * <p>{@code Graph.saverDef()} handles reference variables only and silently drops resource
 * variables.
 */
public final class Saver {

  // A session of a cluster has a timeout for steps, which a slow disk may exceed.
  private static final RunOptions PATIENT =
      RunOptions.newBuilder().setTimeoutInMs(Duration.ofDays(1).toMillis()).build();

  private final Placeholder<TString> prefix;
  private final Save save;
  private final NoOp restore;

  private Saver(Placeholder<TString> prefix, Save save, NoOp restore) {
    this.prefix = prefix;
    this.save = save;
    this.restore = restore;
  }

  /**
   * Adds the operations for some variables, under the scope {@code name}.
   *
   * @param name the scope; its operations are {@code name/prefix}, {@code name/SaveV2} and {@code
   *     name/restore_all}
   * @param variables at least one; each is stored under its own name
   */
  public static Saver add(Ops tf, String name, Collection<Variable<?>> variables) {
    return add(tf, name, variables, Variable::name);
  }

  /**
   * Returns a copy with other names in the file, for example those of averaged weights.
   *
   * @param key the name under which a variable is stored
   */
  public static Saver add(
      Ops tf, String name, Collection<Variable<?>> variables, Function<Variable<?>, String> key) {
    if (variables.isEmpty()) {
      throw new IllegalArgumentException("variables: a saver needs at least one variable.");
    }
    Ops scope = tf.withSubScope(name);
    Placeholder<TString> prefix =
        scope.withName("prefix").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    String[] names = variables.stream().map(key).toArray(String[]::new);
    String[] whole = variables.stream().map(variable -> "").toArray(String[]::new);
    List<Operand<?>> values = new ArrayList<>();
    List<Class<? extends TType>> types = new ArrayList<>();
    for (Variable<?> variable : variables) {
      values.add(variable.read());
      types.add(variable.type());
    }
    Operand<TString> keys =
        scope.withName("tensor_names").constant(NdArrays.vectorOfObjects(names));
    Operand<TString> slices =
        scope.withName("shape_and_slices").constant(NdArrays.vectorOfObjects(whole));
    Save save = scope.withName("SaveV2").train.save(prefix, keys, slices, values);
    Restore read = scope.withName("RestoreV2").train.restore(prefix, keys, slices, types);
    List<Op> assigns = new ArrayList<>();
    int index = 0;
    for (Variable<?> variable : variables) {
      Output<?> value = read.tensors().get(index++).asOutput();
      assigns.add(scope.assignVariableOp(variable.handle(), typed(value)));
    }
    NoOp restore = scope.withControlDependencies(assigns).withName("restore_all").noOp();
    return new Saver(prefix, save, restore);
  }

  /** Writes {@code prefix.index} and {@code prefix.data-…}. */
  public void save(Session session, String filePrefix) {
    run(session, filePrefix, save);
  }

  /** Restores every variable from a checkpoint. */
  public void restore(Session session, String filePrefix) {
    run(session, filePrefix, restore);
  }

  private void run(Session session, String filePrefix, Op target) {
    try (TString path = TString.tensorOf(NdArrays.scalarOfObject(filePrefix))) {
      session.runner().setOptions(PATIENT).feed(prefix, path).addTarget(target).run().close();
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<? extends TType> typed(Output<?> value) {
    return (Operand<? extends TType>) value;
  }
}
