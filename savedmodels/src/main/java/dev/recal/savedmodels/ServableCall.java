package dev.recal.savedmodels;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import org.tensorflow.Session;

/** Calls a servable's signatures before it is written, like {@link Predictor} afterwards. */
public final class ServableCall {

  private ServableCall() {}

  /**
   * Calls a signature.
   *
   * @param session holds the values of the servable's variables
   * @param key of one of its signatures
   * @param inputs by name
   * @return the outputs by name
   * @throws IllegalArgumentException if there is no such signature, or the inputs do not match it
   */
  public static Map<String, TensorValue> run(
      Servable servable, Session session, String key, Map<String, TensorValue> inputs) {
    ServableSignature signature =
        servable.signatures().stream()
            .filter(candidate -> candidate.key().equals(key))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("key: there is no signature '" + key + "'."));
    return SignatureCall.run(session, SignatureDescription.of(signature), inputs);
  }
}
