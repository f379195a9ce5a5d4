package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the body of {@code :predict} straight into the arrays of its tensors. */
public final class PredictRequestReader {

  private static final String INSTANCES = "instances";
  private static final String INPUTS = "inputs";

  private final JsonParser parser;
  private final SignatureDescription signature;
  private final Map<String, TensorBuilder> builders = new LinkedHashMap<>();

  private PredictRequestReader(JsonParser parser, SignatureDescription signature) {
    this.parser = parser;
    this.signature = signature;
    signature.inputs().forEach((name, input) -> builders.put(name, builder(name, input)));
  }

  /**
   * Reads a request.
   *
   * @throws ServingException if it is not JSON or does not match the signature
   */
  public static PredictRequest read(byte[] body, SavedModelDescription model) {
    // The signature defines the element types, and may come after the numbers.
    SignatureDescription signature = signature(model, SignatureName.in(body));
    try (JsonParser parser = RestJson.FACTORY.createParser(body)) {
      return new PredictRequestReader(parser, signature).request();
    } catch (IOException e) {
      throw RestJson.malformed(e);
    }
  }

  private static SignatureDescription signature(SavedModelDescription model, String name) {
    String wanted = name.isEmpty() ? SignatureName.DEFAULT : name;
    SignatureDescription found =
        model.signatures().stream()
            .filter(signature -> signature.key().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    ServingException.invalid(
                        "Serving signature name: \""
                            + JsonTypeNames.shortened(wanted)
                            + "\" not found in signature def"));
    if (found.inputs().isEmpty()) {
      throw ServingException.invalid("Failed to get input map for signature: " + wanted);
    }
    return found;
  }

  private static TensorBuilder builder(String name, TensorDescription input) {
    ElementType type =
        ElementType.of(input.type())
            .orElseThrow(
                () ->
                    new ServingException(
                        ServingStatus.UNIMPLEMENTED,
                        "Conversion of JSON values to type: "
                            + input.typeName()
                            + ", which input '"
                            + name
                            + "' takes"));
    return new TensorBuilder(type);
  }

  private PredictRequest request() throws IOException {
    RestJson.enterObject(parser);
    PredictRequest request = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (!key.equals(INSTANCES) && !key.equals(INPUTS)) {
        parser.skipChildren();
        continue;
      }
      if (request != null) {
        throw ServingException.invalid(
            "JSON Value: Not formatted correctly expecting only one of 'inputs' or 'instances'"
                + " keys to exist");
      }
      boolean rows = key.equals(INSTANCES);
      request = new PredictRequest(signature, rows, rows ? instances() : inputs());
    }
    RestJson.requireEnd(parser);
    if (request == null) {
      throw ServingException.invalid("Missing 'inputs' or 'instances' key");
    }
    return request;
  }

  private Map<String, TensorValue> instances() throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw ServingException.invalid("JSON Value: Excepting 'instances' to be an list/array");
    }
    int count = 0;
    boolean named = false;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      boolean object = parser.currentToken() == JsonToken.START_OBJECT;
      boolean base64 = object && base64Follows();
      if (count == 0) {
        named = object && !base64;
        if (!named && builders.size() > 1) {
          throw ServingException.invalid(
              "instances is a plain list, but expecting list of objects as multiple input tensors"
                  + " required as per tensorinfo_map");
        }
      } else if (named != (object && !base64)) {
        throw ServingException.invalid(
            named
                ? "Expecting object but got list at item " + count + " of input list"
                : "Expecting value/list but got object at item " + count + " of input list");
      }
      instance(count++, named, base64);
    }
    if (count == 0) {
      throw ServingException.invalid("JSON Value: No values in 'instances' array");
    }
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    builders.forEach((name, builder) -> inputs.put(name, builder.stacked()));
    return inputs;
  }

  private void instance(int index, boolean named, boolean base64) throws IOException {
    String key = "";
    try {
      if (!named) {
        TensorBuilder only = builders.values().iterator().next();
        if (base64) {
          only.addBase64(parser);
        } else {
          only.add(parser);
        }
        return;
      }
      // The parser is at the first name, which was compared with 'b64'.
      while (parser.currentToken() == JsonToken.FIELD_NAME) {
        key = parser.currentName();
        TensorBuilder builder = named(key);
        if (builder.values() > index) {
          throw ServingException.invalid("The name is given twice");
        }
        parser.nextToken();
        builder.add(parser);
        parser.nextToken();
      }
    } catch (ServingException e) {
      String where = key.isEmpty() ? "" : " key: " + JsonTypeNames.shortened(key);
      throw new ServingException(
          e.status(),
          "Failed to process element: "
              + index
              + where
              + " of 'instances' list. Error: "
              + e.getMessage());
    }
    if (builders.values().stream().anyMatch(builder -> builder.values() != index + 1)) {
      throw ServingException.invalid(
          "Failed to process element: "
              + index
              + " of 'instances' list. JSON object: keys must be equal to: "
              + String.join(",", builders.keySet()));
    }
  }

  private Map<String, TensorValue> inputs() throws IOException {
    boolean object = parser.currentToken() == JsonToken.START_OBJECT;
    boolean base64 = object && base64Follows();
    if (!object || base64) {
      if (builders.size() > 1) {
        throw ServingException.invalid(
            "inputs is a plain value/list, but expecting an object as multiple input tensors"
                + " required as per tensorinfo_map");
      }
      TensorBuilder only = builders.values().iterator().next();
      if (base64) {
        only.addBase64(parser);
      } else {
        only.add(parser);
      }
    } else {
      while (parser.currentToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        TensorBuilder builder = builders.get(name);
        if (builder == null) {
          // TensorFlow Serving ignores unknown names.
          parser.skipChildren();
        } else if (builder.values() > 0) {
          throw ServingException.invalid("The name '" + name + "' is given twice in 'inputs'.");
        } else {
          builder.add(parser);
        }
        parser.nextToken();
      }
    }
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    builders.forEach(
        (name, builder) -> {
          if (builder.values() == 0) {
            throw ServingException.invalid("Missing named input: " + name + " in 'inputs' object.");
          }
          inputs.put(name, builder.single());
        });
    return inputs;
  }

  // Moves to the first name of an object, or to its end.
  private boolean base64Follows() throws IOException {
    return parser.nextToken() == JsonToken.FIELD_NAME
        && parser.currentName().equals("b64")
        && !builders.containsKey("b64");
  }

  private TensorBuilder named(String name) {
    TensorBuilder builder = builders.get(name);
    if (builder == null) {
      throw ServingException.invalid(
          "JSON object: does not have named input: " + JsonTypeNames.shortened(name));
    }
    return builder;
  }
}
