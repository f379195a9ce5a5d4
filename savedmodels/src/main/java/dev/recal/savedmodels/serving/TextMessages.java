package dev.recal.savedmodels.serving;

import com.google.protobuf.TextFormat;
import java.nio.charset.StandardCharsets;

/** The text format of protocol buffers, as far as it is used here. */
final class TextMessages {

  private TextMessages() {}

  /** Escapes a string for use between quotes. */
  static String escape(String text) {
    return TextFormat.escapeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
