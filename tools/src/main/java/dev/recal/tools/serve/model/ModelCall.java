package dev.recal.tools.serve.model;

import dev.recal.savedmodels.InputPixels;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;

/**
 * A request's call of the model.
 *
 * @param signature what is called
 * @param inputs by name, checked against the signature
 * @param pixels of the image files among the inputs, as the check returned them
 * @param client the client; clients get equal shares of the model's time
 * @param deadline in nanoseconds of {@link System#nanoTime}; no work begins after it
 * @param released run once, as soon as no part of the call is waiting or running; before the
 *     response, if any
 */
public record ModelCall(
    SignatureDescription signature,
    Map<String, TensorValue> inputs,
    InputPixels pixels,
    String client,
    long deadline,
    Runnable released) {}
