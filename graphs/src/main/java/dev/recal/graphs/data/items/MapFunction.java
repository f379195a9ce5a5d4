package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

/** Builds the functions that tf.data maps over a dataset's elements. */
public final class MapFunction {
  private MapFunction() {}

  /**
   * One argument of a function, or one component of a dataset's elements.
   *
   * @param name by which the function's body looks it up
   */
  public record Value(String name, Class<? extends TType> type, Shape shape) {
    /** The placeholder of a tensor; its first dimension may vary. */
    public static Value like(String name, Tensor tensor) {
      return new Value(name, typeOf(tensor), tensor.shape());
    }

    private static Class<? extends TType> typeOf(Tensor tensor) {
      return ((TType) tensor).type();
    }
  }

  /** The operands of a function's arguments, by name. */
  public static final class Arguments {
    private final Map<String, Operand<?>> operands;

    public Arguments(Map<String, Operand<?>> operands) {
      this.operands = operands;
    }

    /**
     * The operand of an argument.
     *
     * @throws IllegalStateException if no argument has the name
     */
    @SuppressWarnings("unchecked")
    public <T extends TType> Operand<T> get(String name, Class<T> type) {
      Operand<?> operand = operands.get(name);
      if (operand == null || operand.type() != type) {
        throw new IllegalStateException(
            "No argument " + name + " of type " + type.getSimpleName() + ": " + operands.keySet());
      }
      return (Operand<T>) operand;
    }

    /** The arguments whose names begin with a prefix, by what follows it. */
    public Arguments withPrefix(String prefix) {
      Map<String, Operand<?>> found = new LinkedHashMap<>();
      operands.forEach(
          (name, operand) -> {
            if (name.startsWith(prefix)) {
              found.put(name.substring(prefix.length()), operand);
            }
          });
      return new Arguments(found);
    }
  }

  /**
   * Builds a function.
   *
   * @param name of the function; TensorFlow appends a hash of its content
   * @param elements the components of the dataset that is mapped
   * @param captured the captured tensors, in the order of the dataset op's inputs
   * @param body gives the outputs
   * @return the function, to be closed after the dataset op has been made
   */
  public static ConcreteFunction create(
      String name,
      Collection<Value> elements,
      Collection<Value> captured,
      BiFunction<Ops, Arguments, List<Operand<?>>> body) {
    return ConcreteFunction.create(
        plain -> {
          Ops tf = GraphScope.named(plain);
          List<Value> all = new ArrayList<>(elements);
          all.addAll(captured);
          Signature.Builder signature = Signature.builder().key(name).methodName(name);
          Map<String, Operand<?>> operands = new LinkedHashMap<>();
          for (Value value : all) {
            Operand<?> argument = tf.placeholder(value.type(), Placeholder.shape(value.shape()));
            operands.put(value.name(), argument);
            signature.input(value.name(), argument);
          }
          int output = 0;
          for (Operand<?> result : body.apply(tf, new Arguments(operands))) {
            // An argument may not be an output itself.
            signature.output("output_" + output++, tf.identity(result));
          }
          return signature.build();
        });
  }

  /** The types of several values. */
  public static List<Class<? extends TType>> types(Collection<Value> values) {
    List<Class<? extends TType>> types = new ArrayList<>();
    for (Value value : values) {
      types.add(value.type());
    }
    return types;
  }

  /** The shapes of several values. */
  public static List<Shape> shapes(Collection<Value> values) {
    return values.stream().map(Value::shape).toList();
  }
}
