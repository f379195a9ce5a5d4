package dev.recal.ops.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A custom gradient for any composite of operations: the counterpart of Python's {@code
 * tf.custom_gradient} in a static graph.
 *
 * <p>The forward value is cut off from its own gradient ({@code StopGradient}) and leaves through
 * an {@code IdentityN} together with the composite's inputs and the values that the backward pass
 * reuses. TensorFlow has no gradient for {@code IdentityN}, so one can be registered: it finds the
 * composite by the operation's name and lets it compute the gradients of the inputs. All composites
 * share this one registration, because a JVM allows only ten.
 *
 * <pre>{@code
 * Operand<TFloat32> y = CompositeGradient.define(tf, tf.math.square(x), List.of(x), List.of(),
 *     (ops, call) -> List.of(ops.math.mul(call.outputGradient(),
 *         ops.math.mul(ops.constant(2f), call.input(0)))));
 * }</pre>
 *
 * <p>A composite may have several outputs ({@link #defineAll}); its backward pass then sees the
 * gradient at each. Composites can be nested, and an output may carry any value that a later
 * composite's backward pass returns, which is how {@link dev.recal.ops.fusion.CentredMap} computes
 * two gradients of one map in one pass.
 */
public final class CompositeGradient {

  // Composites are found by graph and operation. The keys are weak so that a graph can be
  // collected; a Backward should therefore take operands from the call and not capture them.
  private static final Map<Graph, Map<String, Composite>> COMPOSITES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private static final ThreadLocal<Throwable> FAILURE = new ThreadLocal<>();

  private CompositeGradient() {}

  /** Computes the gradients of a composite's inputs. */
  @FunctionalInterface
  public interface Backward {

    /**
     * Adds the backward operations. TensorFlow holds the graph's lock during this call: querying an
     * operand's static shape would deadlock, so take sizes from the layer's settings or from {@code
     * tf.shape}.
     *
     * @param tf for the operations
     * @param call the composite's inputs, saved values and output gradient
     * @return one gradient for each input, in order, of the input's shape
     */
    List<Operand<TFloat32>> gradients(Ops tf, Call call);
  }

  /**
   * The arguments of a composite's backward pass.
   *
   * @param inputs the composite's inputs
   * @param originals the tensors that the inputs are copies of
   * @param saved the values saved by the forward pass
   * @param outputGradients the loss's gradient at each output; zeros at one that the loss does not
   *     depend on
   */
  public record Call(
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> originals,
      List<Operand<TFloat32>> saved,
      List<Operand<TFloat32>> outputGradients) {

    /** Returns an input. */
    public Operand<TFloat32> input(int index) {
      return inputs.get(index);
    }

    /**
     * Returns the tensor that an input is a copy of, with the same values. TensorFlow's rewrite to
     * bfloat16 converts an element-wise operation on a map if one of its inputs is in bfloat16 by
     * then; copies are the last that it converts.
     */
    public Operand<TFloat32> original(int index) {
      return originals.get(index);
    }

    /** Returns a saved value. */
    public Operand<TFloat32> saved(int index) {
      return saved.get(index);
    }

    /** Returns the gradient at an output. */
    public Operand<TFloat32> outputGradient(int index) {
      return outputGradients.get(index);
    }

    /** Returns the gradient at the only, or first, output. */
    public Operand<TFloat32> outputGradient() {
      return outputGradients.get(0);
    }
  }

  /** Computes the gradient of a composite's only input, as {@link Backward} does. */
  @FunctionalInterface
  public interface UnaryBackward<T extends TFloating> {

    /** Returns the gradient at the input; see {@link Backward#gradients}. */
    Operand<T> gradient(Ops tf, Operand<T> outputGradient);
  }

  private record Composite(int outputs, int inputs, int saved, Backward backward) {}

  private static final class Registration {
    // TensorFlow.registerCustomGradient keeps the adapter alive.
    private static final boolean DONE =
        TensorFlow.registerCustomGradient(IdentityN.OP_NAME, CompositeGradient::dispatch);

    private Registration() {}
  }

  /**
   * Returns {@code forward} with the given gradient.
   *
   * @param tf for the operations
   * @param forward the composite's value
   * @param inputs the operands of the value that receive gradients; any other operand receives none
   * @param saved values of the forward pass that the backward pass reuses; no gradient flows to
   *     them
   * @param backward computes the inputs' gradients; it should not capture operands
   * @throws IllegalStateException if another library has registered a gradient for {@code
   *     IdentityN}
   */
  public static Operand<TFloat32> define(
      Ops tf,
      Operand<TFloat32> forward,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> saved,
      Backward backward) {
    return defineAll(tf, List.of(forward), inputs, saved, backward).get(0);
  }

  /**
   * Returns each of {@code forward} with the given gradient; otherwise like {@link #define}.
   *
   * @param forward the composite's values, at least one; an input among them is passed on
   */
  public static List<Operand<TFloat32>> defineAll(
      Ops tf,
      List<Operand<TFloat32>> forward,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> saved,
      Backward backward) {
    if (forward.isEmpty()) {
      throw new IllegalArgumentException("forward: a composite needs at least one output.");
    }
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("inputs: a composite needs at least one input.");
    }
    if (!Registration.DONE) {
      throw new IllegalStateException(
          "Another gradient is already registered for the op IdentityN in this JVM; composites need"
              + " their own.");
    }
    List<Operand<?>> through = new ArrayList<>();
    forward.forEach(value -> through.add(tf.stopGradient(value)));
    through.addAll(inputs);
    saved.forEach(value -> through.add(tf.stopGradient(value)));
    IdentityN identity = tf.identityN(through);
    Graph graph = (Graph) tf.scope().env();
    COMPOSITES
        .computeIfAbsent(graph, key -> new ConcurrentHashMap<>())
        .put(
            identity.op().name(),
            new Composite(forward.size(), inputs.size(), saved.size(), backward));
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int i = 0; i < forward.size(); i++) {
      results.add(floats(identity.output().get(i).asOutput()));
    }
    return results;
  }

  /**
   * Returns {@code forward}, of any floating type, with the given gradient; otherwise like {@link
   * #define}.
   *
   * @param forward of one input
   * @param backward returns the input's gradient from the output's
   */
  @SuppressWarnings("unchecked")
  public static <T extends TFloating> Operand<T> defineUnary(
      Ops tf, Operand<T> forward, Operand<T> input, UnaryBackward<T> backward) {
    Operand<?> result =
        define(
            tf,
            floats(forward.asOutput()),
            List.of(floats(input.asOutput())),
            List.of(),
            (ops, call) -> {
              Operand<?> given = call.outputGradient();
              return List.of(floats(backward.gradient(ops, (Operand<T>) given).asOutput()));
            });
    return (Operand<T>) result;
  }

  // Called by native code with the graph's lock held: a Java exception would crash the JVM, and
  // querying a shape would deadlock. Gradients.of throws the exception that is kept here.
  private static List<Operand<?>> dispatch(
      Ops tf, GraphOperation operation, List<Output<?>> gradients) {
    try {
      return gradients(tf, operation, gradients);
    } catch (RuntimeException | Error failure) {
      if (FAILURE.get() == null) {
        FAILURE.set(failure);
      }
      List<Operand<?>> zeros = new ArrayList<>();
      for (int i = 0; i < operation.numOutputs(); i++) {
        zeros.add(tf.zerosLike(operation.output(i)));
      }
      return zeros;
    }
  }

  /** Returns and clears the exception that a backward pass threw in this thread, or null. */
  static Throwable takeFailure() {
    Throwable failure = FAILURE.get();
    FAILURE.remove();
    return failure;
  }

  private static List<Operand<?>> gradients(
      Ops tf, GraphOperation operation, List<Output<?>> gradients) {
    Graph graph = (Graph) tf.scope().env();
    Composite composite = COMPOSITES.getOrDefault(graph, Map.of()).get(operation.name());
    if (composite == null) {
      // An IdentityN that is not ours passes gradients on, as Python's does.
      return new ArrayList<>(gradients);
    }
    int first = composite.outputs();
    List<Operand<TFloat32>> inputs = outputs(operation, first, composite.inputs());
    List<Operand<TFloat32>> originals = new ArrayList<>();
    for (int i = first; i < first + composite.inputs(); i++) {
      originals.add(floats(operation.input(i)));
    }
    List<Operand<TFloat32>> saved =
        outputs(operation, first + composite.inputs(), composite.saved());
    List<Operand<TFloat32>> given = new ArrayList<>();
    for (int i = 0; i < first; i++) {
      boolean missing = isMissing(gradients.get(i));
      given.add(floats(missing ? zeros(tf, operation, i) : gradients.get(i)));
    }
    List<Operand<TFloat32>> wanted =
        composite.backward().gradients(tf, new Call(inputs, originals, saved, given));
    if (wanted.size() != inputs.size()) {
      throw new IllegalStateException(
          "The backward pass of '"
              + operation.name()
              + "' returned "
              + wanted.size()
              + " gradients for "
              + inputs.size()
              + " inputs.");
    }
    List<Operand<?>> all = new ArrayList<>();
    for (int i = 0; i < first; i++) {
      all.add(zeros(tf, operation, i));
    }
    all.addAll(wanted);
    saved.forEach(value -> all.add(tf.zerosLike(value)));
    return all;
  }

  private static Output<?> zeros(Ops tf, GraphOperation operation, int output) {
    return tf.zerosLike(operation.output(output)).asOutput();
  }

  // TensorFlow passes no operation for an output that the loss does not depend on.
  private static boolean isMissing(Output<?> gradient) {
    var handle = ((GraphOperation) gradient.op()).getUnsafeNativeHandle();
    return handle == null || handle.isNull();
  }

  private static List<Operand<TFloat32>> outputs(GraphOperation operation, int from, int count) {
    List<Operand<TFloat32>> found = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      found.add(floats(operation.output(i)));
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Output<?> output) {
    return (Operand<TFloat32>) output;
  }
}
