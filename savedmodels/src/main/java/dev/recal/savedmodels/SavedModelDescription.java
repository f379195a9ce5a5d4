package dev.recal.savedmodels;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The description of a SavedModel, read without loading it.
 *
 * @param directory the directory of the version
 * @param tensorflowVersion the version of TensorFlow that wrote it
 * @param signatures in the order of the file
 * @param variables in the order of the file
 * @param labels the class names that the graph answers with, or else those of {@code
 *     assets.extra/labels.txt}; empty if there are none
 * @param metadata the contents of {@code assets.extra/recal.json}; empty if there are none
 * @param integrity whether the files are those that were written
 * @param operations the number of operations of the main graph
 * @param bytes the size of all files
 */
public record SavedModelDescription(
    Path directory,
    String tensorflowVersion,
    List<SignatureDescription> signatures,
    List<VariableDescription> variables,
    List<String> labels,
    JsonObject metadata,
    FileIntegrity integrity,
    int operations,
    long bytes) {

  /** Copies the lists. */
  public SavedModelDescription {
    signatures = List.copyOf(signatures);
    variables = List.copyOf(variables);
    labels = List.copyOf(labels);
    metadata = metadata.deepCopy();
  }

  /**
   * Returns the signature of that key.
   *
   * @throws IllegalArgumentException if there is none
   */
  public SignatureDescription signature(String key) {
    return signatures.stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "signature: the model in %s has no signature '%s'; it has %s.",
                        directory,
                        key,
                        signatures.stream()
                            .map(SignatureDescription::key)
                            .sorted()
                            .collect(Collectors.toList()))));
  }

  /**
   * Returns the signature that classifies image files: {@code serving_bytes}, or the only one of a
   * foreign model that takes a vector of strings.
   *
   * @throws IllegalArgumentException if there is none, or several
   */
  public SignatureDescription imageSignature() {
    return ImageSignatures.of(this);
  }

  /**
   * Returns the names of the numbers that the model answers image files with; a number without a
   * name has its index. Empty if it answers with something else.
   */
  public List<String> numberNames() {
    return ImageSignatures.numberNames(this);
  }

  /** Returns the number of trainable values. */
  public long parameters() {
    return variables.stream()
        .filter(VariableDescription::trainable)
        .mapToLong(VariableDescription::size)
        .sum();
  }
}
