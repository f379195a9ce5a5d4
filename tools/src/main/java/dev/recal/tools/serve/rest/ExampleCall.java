package dev.recal.tools.serve.rest;

import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The two calls on examples, with TensorFlow Serving's requirements for their signatures. */
public enum ExampleCall {
  /** Labels and scores for each example. */
  CLASSIFY("classify", "classification", List.of("classes", "scores")),
  /** One number for each example. */
  REGRESS("regress", "regression", List.of("outputs"));

  private static final String METHODS = "tensorflow/serving/";
  private static final String INPUT = "inputs";

  private final String verb;
  private final String noun;
  private final List<String> outputs;

  ExampleCall(String verb, String noun, List<String> outputs) {
    this.verb = verb;
    this.noun = noun;
    this.outputs = outputs;
  }

  /**
   * Returns the signature of that key.
   *
   * @throws ServingException if there is none or it is not for this call
   */
  public SignatureDescription signature(SavedModelDescription model, String key) {
    SignatureDescription signature =
        model.signatures().stream()
            .filter(candidate -> candidate.key().equals(key))
            .findFirst()
            .orElseThrow(
                () ->
                    ServingException.invalid(
                        "No signature was found with the name: " + JsonTypeNames.shortened(key)));
    if (!signature.method().equals(METHODS + verb)) {
      List<String> fitting = keys(model.signatures());
      throw ServingException.invalid(
          String.format(
              Locale.ROOT,
              "Expected %s signature method_name to be %s%s. Was: %s. Signatures of that method:"
                  + " %s",
              noun,
              METHODS,
              verb,
              signature.method(),
              fitting));
    }
    TensorDescription input = signature.inputs().get(INPUT);
    boolean strings = input != null && input.type() == ElementType.STRING.proto();
    if (!strings || signature.inputs().size() != 1) {
      throw ServingException.invalid(
          "Expected one input Tensor '"
              + INPUT
              + "' of strings, but '"
              + key
              + "' takes "
              + signature.inputs());
    }
    if (signature.outputs().keySet().stream().noneMatch(outputs::contains)) {
      throw ServingException.invalid(
          "Expected "
              + noun
              + " signature outputs among "
              + outputs
              + ", but '"
              + key
              + "' has "
              + signature.outputs().keySet());
    }
    return signature;
  }

  /**
   * Returns the call of a method name.
   *
   * @throws ServingException if there is none
   */
  public static ExampleCall ofMethod(String method) {
    return Arrays.stream(values())
        .filter(call -> method.equals(METHODS + call.verb))
        .findFirst()
        .orElseThrow(
            () ->
                ServingException.invalid(
                    "Unsupported signature method_name: " + JsonTypeNames.shortened(method)));
  }

  /** Returns its word in paths. */
  public String verb() {
    return verb;
  }

  /** Returns the keys of the signatures for this call. */
  public List<String> keys(List<SignatureDescription> signatures) {
    return signatures.stream()
        .filter(candidate -> candidate.method().equals(METHODS + verb))
        .map(SignatureDescription::key)
        .sorted()
        .toList();
  }

  /** Returns the inputs of that call. */
  public static Map<String, TensorValue> inputs(ExamplesRequest request) {
    return Map.of(INPUT, TensorValue.ofBytes(request.examples()));
  }
}
