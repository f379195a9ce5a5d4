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
import java.io.IOException;

/** JSON as TensorFlow Serving takes and gives it: with NaN and Infinity, otherwise strict. */
final class RestJson {

  /** As deep as lists and objects may be nested; tensors have few dimensions. */
  static final int MAX_DEPTH = 64;

  // Bodies are limited in length before they come here, so strings need no limit of their own.
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          // Names come from strangers; interned ones would stay for ever.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private RestJson() {}

  /** Moves into the object that a body has to be. */
  static void enterObject(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw ServingException.invalid("JSON Parse error: The document is empty");
    }
    if (first != JsonToken.START_OBJECT) {
      throw ServingException.invalid("JSON Value: Is not object");
    }
  }

  /** Rejects what follows after the end of the object. */
  static void requireEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw ServingException.invalid(
          "JSON Parse error: The document root must not be followed by other values.");
    }
  }

  /** Says what is wrong with a text that is no JSON. */
  static ServingException malformed(IOException problem) {
    if (problem instanceof JsonProcessingException json) {
      String place =
          json.getLocation() == null ? "" : " at offset: " + json.getLocation().getByteOffset();
      // The library tells places a second time in its own way.
      String what = json.getOriginalMessage().replaceAll(" \\(start marker at .*", "");
      return ServingException.invalid("JSON Parse error: " + what + place);
    }
    return ServingException.invalid("JSON Parse error: " + problem.getMessage());
  }
}
