package dev.recal.tools.serve.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.recal.tools.serve.model.ServingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Finds {@code signature_name} anywhere in a body. */
final class SignatureName {

  /** The default signature. */
  static final String DEFAULT = "serving_default";

  static final String KEY = "signature_name";

  private static final byte[] KEY_BYTES = KEY.getBytes(StandardCharsets.UTF_8);

  private SignatureName() {}

  /**
   * Returns the name in a JSON object; empty if there is none.
   *
   * @throws ServingException if the body is not JSON or the name is not a string
   */
  static String in(byte[] body) {
    if (!mayHold(body)) {
      return "";
    }
    try (JsonParser parser = RestJson.FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        if (key.equals(KEY)) {
          return text(parser);
        }
        parser.skipChildren();
      }
      return "";
    } catch (IOException e) {
      throw RestJson.malformed(e);
    }
  }

  /** Returns the current string of the parser. */
  static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw ServingException.invalid(
          "JSON Value: not formatted correctly. 'signature_name' key must be a string value.");
    }
    return parser.getText();
  }

  // Most bodies have no signature name, and searching the bytes is far faster than parsing JSON. A
  // backslash may hide the name in escapes; other encodings than UTF-8 have zero bytes.
  private static boolean mayHold(byte[] body) {
    for (int i = 0; i < body.length; i++) {
      byte one = body[i];
      if (one == '\\' || one == 0 || one == KEY_BYTES[0] && startsAt(body, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsAt(byte[] body, int from) {
    if (from + KEY_BYTES.length > body.length) {
      return false;
    }
    for (int i = 0; i < KEY_BYTES.length; i++) {
      if (body[from + i] != KEY_BYTES[i]) {
        return false;
      }
    }
    return true;
  }
}
