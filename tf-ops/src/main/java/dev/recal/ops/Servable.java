package dev.recal.ops;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A graph to export: its variables and its signatures.
 *
 * <p>The graph is a separate inference graph ({@link Tower#serving}), never the training graph. It
 * may also contain the network in training phase, without loss and optimiser.
 *
 * @param store the graph and its variables; values are in a session
 * @param signatures at least one, with distinct keys
 * @param labels the class names in the order of the logits; empty if there are no classes
 * @param training the first signature in training phase ({@link Tower#exportedTraining}): the same
 *     inputs and outputs; computing an output updates the stored statistics
 */
public record Servable(
    VariableStore store,
    List<ServableSignature> signatures,
    List<String> labels,
    Optional<ServableSignature> training) {

  /** Rejects servables without signatures and duplicate keys. */
  public Servable {
    Objects.requireNonNull(store, "store");
    signatures = List.copyOf(signatures);
    labels = List.copyOf(labels);
    Objects.requireNonNull(training, "training");
    long keys = signatures.stream().map(ServableSignature::key).distinct().count();
    if (signatures.isEmpty() || keys != signatures.size()) {
      throw new IllegalArgumentException(
          "signatures: expected one or more with distinct keys, but got "
              + signatures.stream().map(ServableSignature::key).toList()
              + ".");
    }
    if (training.isPresent()) {
      requireNewKey(signatures, training.get().key());
    }
  }

  /** A servable for inference only. */
  public Servable(VariableStore store, List<ServableSignature> signatures, List<String> labels) {
    this(store, signatures, labels, Optional.empty());
  }

  /** Returns a copy that also contains the network in training phase. */
  public Servable withTraining(ServableSignature signature) {
    return new Servable(store, signatures, labels, Optional.of(signature));
  }

  private static void requireNewKey(List<ServableSignature> signatures, String key) {
    if (signatures.stream().anyMatch(signature -> signature.key().equals(key))) {
      throw new IllegalArgumentException(
          "training: expected a key that no signature uses, but got '" + key + "'.");
    }
  }
}
