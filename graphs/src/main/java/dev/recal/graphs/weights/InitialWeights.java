package dev.recal.graphs.weights;

import dev.recal.graphs.network.Network;
import dev.recal.ops.Saver;
import dev.recal.ops.Variable;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.op.Ops;

/**
 * The initial weights of training.
 *
 * @param prefix of the TensorFlow checkpoint
 * @param scope the prefix of their names there, for example {@code average/}; usually empty
 * @param newHead whether the variables whose shape depends on the number of classes are
 *     reinitialised
 */
public record InitialWeights(String prefix, String scope, boolean newHead) {

  /** Rejects missing parts. */
  public InitialWeights {
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(scope, "scope");
  }

  /**
   * Adds the operations that read the weights.
   *
   * @param network whose variables these are
   * @param imageSize rows and columns of its images
   * @param variables of the network
   * @return the saver for restoring {@link #prefix} with {@link Saver#restore}
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it lacks a variable, or has one of another shape
   */
  public Saver reader(Ops tf, Network network, int imageSize, Collection<Variable<?>> variables)
      throws IOException {
    Set<String> initialised = newHead ? NetworkVariables.head(network, imageSize) : Set.of();
    List<Variable<?>> wanted =
        variables.stream().filter(variable -> !initialised.contains(variable.name())).toList();
    return reader(tf, wanted, "; newHead reinitialises a head with another number of classes");
  }

  /**
   * Adds the operations that read the weights of any variables.
   *
   * @param variables that are to be read
   * @return the saver for restoring {@link #prefix} with {@link Saver#restore}
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it lacks a variable, or has one of another shape
   */
  public Saver reader(Ops tf, Collection<Variable<?>> variables) throws IOException {
    return reader(tf, variables, "");
  }

  /**
   * Adds the operations that read the weights of a part of a network.
   *
   * @param variables of that part
   * @param part the scope that begins their names, with a slash at its end, and that the names of
   *     the weights lack; empty for none
   * @return the saver for restoring {@link #prefix} with {@link Saver#restore}
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it lacks a variable, or has one of another shape
   */
  public Saver readerWithin(Ops tf, Collection<Variable<?>> variables, String part)
      throws IOException {
    return reader(tf, variables, part, "");
  }

  private Saver reader(Ops tf, Collection<Variable<?>> wanted, String hint) throws IOException {
    return reader(tf, wanted, "", hint);
  }

  private Saver reader(Ops tf, Collection<Variable<?>> wanted, String part, String hint)
      throws IOException {
    CheckpointIndex index = CheckpointIndex.read(prefix);
    Function<Variable<?>, String> names =
        variable -> scope + variable.name().substring(part.length());
    List<String> mismatches = index.mismatches(wanted, names);
    if (!mismatches.isEmpty()) {
      throw new IllegalArgumentException(
          "weights: "
              + prefix
              + " does not contain the network's variables: "
              + String.join(", ", mismatches)
              + hint
              + ".");
    }
    return Saver.add(
        tf, "initial_weights", wanted, variable -> index.key(names.apply(variable)).orElseThrow());
  }
}
