package dev.recal.tools.serve.rest;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** Estimates the size of a response before and after it is computed. */
public final class ResponseSize {

  // The approximate size of a float32 in JSON with its comma; shorter ones only make the estimate
  // conservative.
  private static final long BYTES = 12;

  private ResponseSize() {}

  /**
   * Rejects a request whose response would be too large. Free dimensions of the signature count as
   * one.
   *
   * @param most the maximum in bytes
   * @throws ServingException if it would be larger
   */
  public static void check(
      SignatureDescription signature, Map<String, TensorValue> inputs, long most) {
    if (!signature.batched()) {
      return;
    }
    long rows = inputs.values().stream().mapToLong(TensorValue::rows).max().orElse(1);
    double elements = 0;
    for (TensorDescription output : signature.outputs().values()) {
      elements += rowElements(output.shape());
    }
    if (rows * elements * BYTES > most) {
      throw new ServingException(
          ServingStatus.TOO_LARGE,
          "response_size",
          String.format(
              Locale.ROOT,
              "The response of signature '%s' for %d rows would be about %.0f MB; the maximum is"
                  + " %.0f MB. Request fewer rows at a time.",
              signature.key(),
              rows,
              rows * elements * BYTES / 1e6,
              most / 1e6));
    }
  }

  /**
   * Rejects outputs whose response would be too large: their sizes may depend on values, as those
   * of images that a height and a width order.
   *
   * @param most the maximum in bytes
   * @throws ServingException if it would be larger
   */
  public static void checkOutputs(
      SignatureDescription signature, Map<String, TensorValue> outputs, long most) {
    long elements = outputs.values().stream().mapToLong(TensorValue::length).sum();
    if (elements * BYTES > most) {
      throw new ServingException(
          ServingStatus.TOO_LARGE,
          "response_size",
          String.format(
              Locale.ROOT,
              "The response of signature '%s' would be about %.0f MB; the maximum is %.0f MB."
                  + " Request fewer or smaller outputs.",
              signature.key(),
              elements * BYTES / 1e6,
              most / 1e6));
    }
  }

  private static double rowElements(Shape shape) {
    double elements = 1;
    for (int axis = 1; axis < shape.numDimensions(); axis++) {
      elements *= Math.max(1, shape.get(axis));
    }
    return elements;
  }
}
