package dev.recal.tools.serve.rest;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;

/**
 * A request to {@code :predict}.
 *
 * @param signature the signature to call
 * @param rows whether it has {@code instances}, so that the response has {@code predictions};
 *     otherwise {@code inputs} and {@code outputs}
 * @param inputs by name
 */
public record PredictRequest(
    SignatureDescription signature, boolean rows, Map<String, TensorValue> inputs) {}
