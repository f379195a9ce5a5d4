package dev.recal.savedmodels.serving;

import com.google.protobuf.TextFormat;
import java.nio.charset.StandardCharsets;

/** The text form of protocol buffers, as far as it is written here. */
final class TextMessages {

  private TextMessages() {}

  /** Returns what stands between the quotes of a string. */
  static String escape(String text) {
    return TextFormat.escapeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
