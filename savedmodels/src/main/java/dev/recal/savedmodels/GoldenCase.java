package dev.recal.savedmodels;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Inputs on which a model is run when it is written, so that any copy can be checked.
 *
 * @param signature the key; one case for each signature at most
 * @param inputs by name; numbers only, since weight files hold no strings
 */
public record GoldenCase(String signature, Map<String, TensorValue> inputs) {

  /** Copies the map; refuses keys with slashes, which divide signature and name in the files. */
  public GoldenCase {
    if (signature.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "signature: expected a key without a slash, but got '" + signature + "'.");
    }
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }
}
