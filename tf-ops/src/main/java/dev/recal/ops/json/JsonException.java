package dev.recal.ops.json;

/**
 * JSON that does not describe the expected value; the message names the location, the expected and
 * the actual value.
 */
public final class JsonException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  JsonException(String place, String problem) {
    super((place.isEmpty() ? "JSON" : place) + ": " + problem);
  }
}
