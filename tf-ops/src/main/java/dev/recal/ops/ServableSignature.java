package dev.recal.ops;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;

/**
 * A signature of a graph: named inputs and outputs.
 *
 * @param key its public name, for example {@code serving_default}
 * @param inputs placeholders by their public names, in order
 * @param outputs results by their public names, in order
 */
public record ServableSignature(
    String key, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {

  /** Rejects signatures without outputs. */
  public ServableSignature {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "outputs: signature '" + key + "' needs at least one output.");
    }
  }
}
