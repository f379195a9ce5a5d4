package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.io.IOException;

/** JSON as in TensorFlow Serving: with NaN and Infinity, otherwise strict. */
final class RestJson {

  /** The maximum nesting depth; tensors have few dimensions. */
  static final int MAX_DEPTH = 64;

  // Bodies are already limited in length, so strings need no separate limit.
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          // Names are untrusted; interned ones would never be freed.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private RestJson() {}

  /** Moves into the object that a body must be. */
  static void enterObject(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw ServingException.invalid("JSON Parse error: The document is empty");
    }
    if (first != JsonToken.START_OBJECT) {
      throw ServingException.invalid("JSON Value: Is not object");
    }
  }

  /** Rejects content after the end of the object. */
  static void requireEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw ServingException.invalid(
          "JSON Parse error: The document root must not be followed by other values.");
    }
  }

  /** Describes the error in a text that is not JSON. */
  static ServingException malformed(IOException problem) {
    if (problem instanceof JsonProcessingException json) {
      String place =
          json.getLocation() == null ? "" : " at offset: " + json.getLocation().getByteOffset();
      // The library repeats positions in its own format.
      String what = json.getOriginalMessage().replaceAll(" \\(start marker at .*", "");
      return parseError(what + place);
    }
    return parseError(problem.getMessage());
  }

  private static ServingException parseError(String what) {
    return new ServingException(
        ServingStatus.INVALID_ARGUMENT, "json", "JSON Parse error: " + what);
  }
}
