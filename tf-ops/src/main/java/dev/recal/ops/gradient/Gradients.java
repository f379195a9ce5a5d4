package dev.recal.ops.gradient;

import dev.recal.ops.TensorFlowFailures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of a scalar, with checks for TensorFlow's missing and wrong gradients.
 *
 * <p>TensorFlow's own call throws an unspecific error if an input is not reachable, returns a
 * closed operation if a path cannot be differentiated, and is silently wrong for some operations.
 * This class throws an error that names the operation in each of these cases.
 */
public final class Gradients {

  private static final Pattern MISSING =
      Pattern.compile("[Nn]o gradient defined for op: ?'?(\\w+)");

  private Gradients() {}

  /**
   * Adds the operations that compute ∂y/∂x for each x.
   *
   * @param y a float32 value; if it is not a scalar, the derivative is that of its sum
   * @param xs operands of the same graph that {@code y} depends on; no graph means no gradients
   * @return one operand for each x, of its shape, in order
   * @throws IllegalArgumentException if {@code y} does not depend on an x, or an operation between
   *     them has no gradient or a wrong one; the operation is named
   */
  public static List<Operand<TFloat32>> of(
      Operand<TFloat32> y, List<? extends Operand<TFloat32>> xs) {
    return of(y, xs, Optional.empty());
  }

  /**
   * Adds the operations that compute the gradients, given the gradient of a loss at {@code y}.
   *
   * <p>If second derivatives follow, pass {@code fill(shape(y), 1)}: TensorFlow's default has no
   * gradient.
   *
   * @param outputGradient of {@code y}'s shape
   */
  public static List<Operand<TFloat32>> of(
      Operand<TFloat32> y,
      List<? extends Operand<TFloat32>> xs,
      Optional<Operand<TFloat32>> outputGradient) {
    if (xs.isEmpty()) {
      return List.of();
    }
    GraphOperation target = operation(y);
    Set<GraphOperation> before = before(target);
    for (Operand<TFloat32> x : xs) {
      if (!before.contains(operation(x))) {
        throw new IllegalArgumentException(
            "y: '" + target.name() + "' does not depend on '" + name(x) + "'.");
      }
    }
    Set<GraphOperation> path = between(xs, before);
    rejectWrong(path);
    Output<?>[] derivatives = add(y, xs, outputGradient, path);
    List<Operand<TFloat32>> results = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      if (isClosed(derivatives[i])) {
        throw new IllegalArgumentException(
            "y: no path from '"
                + name(xs.get(i))
                + "' to '"
                + target.name()
                + "' can be differentiated; the path goes through "
                + nondifferentiable(path)
                + ".");
      }
      results.add(floats(derivatives[i]));
    }
    return results;
  }

  private static Output<?>[] add(
      Operand<TFloat32> y,
      List<? extends Operand<TFloat32>> xs,
      Optional<Operand<TFloat32>> outputGradient,
      Set<GraphOperation> path) {
    Graph graph = (Graph) y.env();
    Output<?>[] inputs = xs.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] start =
        outputGradient.map(gradient -> new Output<?>[] {gradient.asOutput()}).orElse(null);
    CompositeGradient.takeFailure();
    Output<?>[] derivatives;
    try {
      derivatives = graph.addGradients(null, new Output<?>[] {y.asOutput()}, inputs, start);
    } catch (TensorFlowException | IllegalArgumentException | TFUnimplementedException failure) {
      throw withExplanation(failure, path);
    }
    Throwable failure = CompositeGradient.takeFailure();
    if (failure != null) {
      throw new IllegalStateException(
          "A composite's backward pass failed: " + TensorFlowFailures.reason(failure) + ".",
          failure);
    }
    return derivatives;
  }

  private static IllegalArgumentException withExplanation(
      RuntimeException failure, Set<GraphOperation> path) {
    Matcher matcher = MISSING.matcher(String.valueOf(failure.getMessage()));
    if (!matcher.find()) {
      return new IllegalArgumentException(
          "y: TensorFlow cannot differentiate this: " + TensorFlowFailures.reason(failure) + ".",
          failure);
    }
    String type = matcher.group(1);
    String where =
        path.stream()
            .filter(operation -> operation.type().equals(type))
            .map(operation -> "'" + operation.name() + "'")
            .sorted()
            .findFirst()
            .orElse("a function");
    return new IllegalArgumentException(
        "y: TensorFlow has no gradient for the op " + type + " (at " + where + ").", failure);
  }

  private static void rejectWrong(Set<GraphOperation> path) {
    for (GraphOperation operation : path) {
      WrongGradients.reason(operation)
          .ifPresent(
              reason -> {
                throw new IllegalArgumentException(
                    "y: TensorFlow's gradient of the op "
                        + operation.type()
                        + " at '"
                        + operation.name()
                        + "' cannot be used: "
                        + reason
                        + ".");
              });
    }
  }

  // Everything that the target is computed from, itself included.
  private static Set<GraphOperation> before(GraphOperation target) {
    Set<GraphOperation> seen = new HashSet<>(List.of(target));
    Deque<GraphOperation> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      GraphOperation next = open.pop();
      for (int i = 0; i < next.numInputs(); i++) {
        GraphOperation input = (GraphOperation) next.input(i).op();
        if (seen.add(input)) {
          open.push(input);
        }
      }
    }
    return seen;
  }

  // The operations between the xs and the target. The xs themselves are not differentiated.
  private static Set<GraphOperation> between(
      Collection<? extends Operand<TFloat32>> xs, Set<GraphOperation> before) {
    Set<GraphOperation> found = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    xs.forEach(x -> open.push(operation(x)));
    while (!open.isEmpty()) {
      for (GraphOperation consumer : open.pop().consumers()) {
        if (before.contains(consumer) && found.add(consumer)) {
          open.push(consumer);
        }
      }
    }
    return found;
  }

  private static List<String> nondifferentiable(Set<GraphOperation> path) {
    Set<String> stops =
        Set.of("StopGradient", "ArgMax", "Floor", "Round", "Cast", "Shape", "Greater", "Equal");
    List<String> named =
        path.stream()
            .filter(operation -> stops.contains(operation.type()))
            .map(operation -> operation.type() + " at '" + operation.name() + "'")
            .sorted()
            .limit(5)
            .toList();
    return named.isEmpty() ? path.stream().map(GraphOperation::type).distinct().toList() : named;
  }

  private static boolean isClosed(Output<?> output) {
    var handle = ((GraphOperation) output.op()).getUnsafeNativeHandle();
    return handle == null || handle.isNull();
  }

  private static GraphOperation operation(Operand<?> operand) {
    return (GraphOperation) operand.asOutput().op();
  }

  private static String name(Operand<?> x) {
    return operation(x).name().replace("/Read/ReadVariableOp", "");
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Output<?> output) {
    return (Operand<TFloat32>) output;
  }
}
