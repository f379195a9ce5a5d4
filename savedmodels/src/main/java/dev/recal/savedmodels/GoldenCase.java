package dev.recal.savedmodels;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Inputs that a model is run on when it is written, so that any copy can be verified.
 *
 * @param signature the key; at most one case for each signature
 * @param inputs by name; numbers only, since weight files hold no strings
 */
public record GoldenCase(String signature, Map<String, TensorValue> inputs) {

  /** Copies the map; rejects keys with slashes, which separate signature and name in the files. */
  public GoldenCase {
    if (signature.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "signature: expected a key without a slash, but got '" + signature + "'.");
    }
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }
}
