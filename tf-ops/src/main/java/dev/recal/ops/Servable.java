package dev.recal.ops;

import java.util.List;
import java.util.Objects;

/**
 * What a graph offers to whoever exports it: its variables and the ways to call it.
 *
 * <p>The graph is an inference graph of its own ({@link Tower#serving}), never the one that trains.
 *
 * @param store the graph and its variables; values are in a session
 * @param signatures at least one, with distinct keys
 * @param labels the class names in the order of the logits; empty where there are no classes
 */
public record Servable(
    VariableStore store, List<ServableSignature> signatures, List<String> labels) {

  /** Refuses servables that nobody could call. */
  public Servable {
    Objects.requireNonNull(store, "store");
    signatures = List.copyOf(signatures);
    labels = List.copyOf(labels);
    long keys = signatures.stream().map(ServableSignature::key).distinct().count();
    if (signatures.isEmpty() || keys != signatures.size()) {
      throw new IllegalArgumentException(
          "signatures: expected one or more with distinct keys, but "
              + signatures.stream().map(ServableSignature::key).toList()
              + " came.");
    }
  }
}
