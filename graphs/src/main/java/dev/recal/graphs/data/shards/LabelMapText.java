package dev.recal.graphs.data.shards;

import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads protocol buffer text with a list of messages whose fields are scalars. Nested messages and
 * lists are passed over. The parser of the library reports unknown fields on the console.
 */
final class LabelMapText {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?:\\s|#[^\\n]*)*+(?<token>\"(?:[^\"\\\\\\n]|\\\\.)*+\"|'(?:[^'\\\\\\n]|\\\\.)*+'"
              + "|[\\w.+-]++|[{}<>\\[\\]:,;]|$)");

  private final String text;
  private final Matcher matcher;
  private String token = "";
  private int end;

  /** An error, with the line where it is. */
  static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private SyntaxException(int line) {
      super("it has an error in line " + line);
    }
  }

  private LabelMapText(String text) {
    this.text = text;
    this.matcher = TOKEN.matcher(text);
  }

  /** Returns the scalar fields of each message of a name. */
  static List<Map<String, String>> messages(String text, String name) throws SyntaxException {
    return new LabelMapText(text).messages(name);
  }

  private List<Map<String, String>> messages(String name) throws SyntaxException {
    List<Map<String, String>> messages = new ArrayList<>();
    next();
    while (!token.isEmpty()) {
      String field = name();
      boolean colon = skip(":");
      if (field.equals(name) && opens()) {
        messages.add(message());
      } else {
        value(colon);
      }
      separator();
    }
    return messages;
  }

  private Map<String, String> message() throws SyntaxException {
    Map<String, String> fields = new LinkedHashMap<>();
    next();
    while (!closes()) {
      String field = name();
      boolean colon = skip(":");
      String value = value(colon);
      if (!value.isEmpty()) {
        fields.put(field, value);
      }
      separator();
    }
    next();
    return fields;
  }

  /** Reads a value; empty if it is a message or a list. */
  private String value(boolean colon) throws SyntaxException {
    if (opens() || token.equals("[")) {
      passOver();
      return "";
    }
    if (!colon || token.isEmpty() || token.length() == 1 && "{}<>[]:,;".contains(token)) {
      throw error();
    }
    String value = token;
    if (value.startsWith("\"") || value.startsWith("'")) {
      try {
        value = TextFormat.unescapeBytes(value.substring(1, value.length() - 1)).toStringUtf8();
      } catch (TextFormat.InvalidEscapeSequenceException e) {
        throw error();
      }
    }
    next();
    return value;
  }

  private void passOver() throws SyntaxException {
    int depth = 0;
    do {
      if (token.isEmpty()) {
        throw error();
      }
      depth += opens() || token.equals("[") ? 1 : closes() || token.equals("]") ? -1 : 0;
      next();
    } while (depth > 0);
  }

  private String name() throws SyntaxException {
    if (!token.matches("[A-Za-z_]\\w*")) {
      throw error();
    }
    String name = token;
    next();
    return name;
  }

  private void separator() throws SyntaxException {
    if (!skip(",")) {
      skip(";");
    }
  }

  private boolean skip(String expected) throws SyntaxException {
    boolean found = token.equals(expected);
    if (found) {
      next();
    }
    return found;
  }

  private boolean opens() {
    return token.equals("{") || token.equals("<");
  }

  private boolean closes() {
    return token.equals("}") || token.equals(">");
  }

  private void next() throws SyntaxException {
    matcher.region(end, text.length());
    if (!matcher.lookingAt()) {
      throw new SyntaxException(line(end));
    }
    token = matcher.group("token");
    end = matcher.end();
  }

  private SyntaxException error() {
    return new SyntaxException(line(end - token.length()));
  }

  private int line(int place) {
    return 1 + (int) text.substring(0, place).chars().filter(c -> c == '\n').count();
  }
}
