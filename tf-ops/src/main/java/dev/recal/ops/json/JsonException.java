package dev.recal.ops.json;

/**
 * JSON that does not describe what it should; the message names the place, the expected and the
 * found.
 */
public final class JsonException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  JsonException(String place, String problem) {
    super((place.isEmpty() ? "JSON" : place) + ": " + problem);
  }
}
