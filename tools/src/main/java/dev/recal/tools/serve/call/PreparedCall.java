package dev.recal.tools.serve.call;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.function.Function;

/**
 * A request in the words of the model.
 *
 * @param signature what is called
 * @param inputs by name
 * @param writer makes the response from the outputs
 */
public record PreparedCall<A>(
    SignatureDescription signature,
    Map<String, TensorValue> inputs,
    Function<Map<String, TensorValue>, A> writer) {}
