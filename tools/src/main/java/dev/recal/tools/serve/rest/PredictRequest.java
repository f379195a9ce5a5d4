package dev.recal.tools.serve.rest;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;

/**
 * What a client asks {@code :predict} for.
 *
 * @param signature what is called
 * @param rows whether it came as {@code instances}, so that the answer goes out as {@code
 *     predictions}; otherwise {@code inputs} and {@code outputs}
 * @param inputs by name
 */
public record PredictRequest(
    SignatureDescription signature, boolean rows, Map<String, TensorValue> inputs) {}
