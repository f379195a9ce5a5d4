package dev.recal.ops.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses JSON as RFC 8259 defines it, and says by line and column what is wrong. Gson's reader
 * neither finds repeated keys nor has sentences for people.
 */
final class JsonText {

  private static final int MAX_DEPTH = 255;
  // A longer number would take long to convert, and no setting has one.
  private static final int MAX_NUMBER = 400;
  private static final int MAX_EXPONENT = 400;
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?");
  private static final Pattern WORD = Pattern.compile("-?[\\p{L}\\p{N}_$.+-]+");

  private final String text;
  private final String source;
  private final boolean specialNumbers;
  private final boolean comments;
  private int at;
  private int depth;

  /**
   * A text to parse once.
   *
   * @param source precedes the line in messages
   * @param specialNumbers whether NaN and infinities are accepted, as texts
   * @param comments whether comments as in Java are skipped
   */
  JsonText(String text, String source, boolean specialNumbers, boolean comments) {
    this.text = text;
    this.source = source;
    this.specialNumbers = specialNumbers;
    this.comments = comments;
  }

  /**
   * Returns the one value that the text is.
   *
   * @throws JsonException if it is not
   */
  JsonElement parse() {
    skipSpace();
    if (ended()) {
      throw wrong("it is empty");
    }
    JsonElement value = value("");
    skipSpace();
    if (!ended()) {
      throw wrong("expected one value, but more text follows it");
    }
    return value;
  }

  private JsonElement value(String place) {
    char first = text.charAt(at);
    return switch (first) {
      case '{' -> object(place);
      case '[' -> array(place);
      case '"' -> new JsonPrimitive(string());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> word();
    };
  }

  private JsonObject object(String place) {
    int start = open();
    JsonObject object = new JsonObject();
    boolean more = !closes(start, '}');
    while (more) {
      int key = at;
      if (text.charAt(at) != '"') {
        throw wrong("expected a key in double quotes, but got " + found());
      }
      String name = string();
      String inner = place.isEmpty() ? name : place + "." + name;
      if (object.has(name)) {
        throw new JsonException(source + place(key), "the key '" + inner + "' is given twice.");
      }
      requireMore(start);
      if (text.charAt(at) != ':') {
        throw wrong("expected ':' after the key '" + name + "', but got " + found());
      }
      at++;
      requireMore(start);
      object.add(name, value(inner));
      more = continues(start, '}');
    }
    depth--;
    return object;
  }

  private JsonArray array(String place) {
    int start = open();
    JsonArray array = new JsonArray();
    boolean more = !closes(start, ']');
    while (more) {
      array.add(value(place.isEmpty() ? "" + array.size() : place + "." + array.size()));
      more = continues(start, ']');
    }
    depth--;
    return array;
  }

  private int open() {
    if (++depth > MAX_DEPTH) {
      throw wrong("it is nested more than " + MAX_DEPTH + " deep");
    }
    return at++;
  }

  private boolean closes(int start, char end) {
    requireMore(start);
    if (text.charAt(at) == end) {
      at++;
      return true;
    }
    return false;
  }

  // Whether another member follows; the comma or the end is consumed.
  private boolean continues(int start, char end) {
    if (closes(start, end)) {
      return false;
    }
    if (text.charAt(at) != ',') {
      throw wrong("expected ',' or '" + end + "', but got " + found());
    }
    int comma = at++;
    requireMore(start);
    if (text.charAt(at) == end) {
      throw wrong(comma, "remove the comma after the last value");
    }
    return true;
  }

  private String string() {
    int start = at++;
    StringBuilder string = new StringBuilder();
    while (!ended() && text.charAt(at) != '"') {
      char next = text.charAt(at);
      if (next < ' ') {
        boolean line = next == '\n' || next == '\r';
        throw line
            ? wrong(start, "the text that begins here has no closing quote in its line")
            : wrong("expected control characters to be escaped, but got " + found());
      }
      if (next == '\\') {
        string.append(escaped());
      } else {
        string.append(next);
        at++;
      }
    }
    if (ended()) {
      throw wrong(start, "the text that begins here has no closing quote");
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    int start = at;
    char kind = start + 1 < text.length() ? text.charAt(start + 1) : ' ';
    at += 2;
    int known = "\"\\/bfnrt".indexOf(kind);
    if (known >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(known);
    }
    String digits = text.substring(Math.min(at, text.length()), Math.min(at + 4, text.length()));
    if (kind != 'u' || !digits.matches("[0-9a-fA-F]{4}")) {
      throw wrong(start, "'\\" + kind + "' does not begin an escape sequence; write \\\\ for '\\'");
    }
    at += 4;
    return (char) Integer.parseInt(digits, 16);
  }

  private JsonElement number() {
    Matcher word = WORD.matcher(text).region(at, text.length());
    String whole = word.lookingAt() ? word.group() : "-";
    if (whole.endsWith("Infinity")) {
      return word();
    }
    Matcher number = NUMBER.matcher(whole);
    if (!number.matches()) {
      throw wrong("expected a number, but got '" + shortened(whole) + "'");
    }
    String exponent = number.group(1);
    if (whole.length() > MAX_NUMBER
        || exponent != null
            && (exponent.length() > 9 || Math.abs(Integer.parseInt(exponent)) > MAX_EXPONENT)) {
      throw wrong("the number " + shortened(whole) + " has too many digits");
    }
    at += whole.length();
    return new JsonPrimitive(new BigDecimal(whole));
  }

  private JsonElement word() {
    Matcher matcher = WORD.matcher(text).region(at, text.length());
    String word = matcher.lookingAt() ? matcher.group() : "";
    JsonElement value =
        switch (word) {
          case "true" -> new JsonPrimitive(true);
          case "false" -> new JsonPrimitive(false);
          case "null" -> JsonNull.INSTANCE;
          case "NaN", "Infinity", "-Infinity" -> {
            if (!specialNumbers) {
              throw wrong("expected a finite number, but got " + word);
            }
            yield new JsonPrimitive(word);
          }
          default ->
              throw wrong(
                  text.charAt(at) == '\''
                      ? "expected double quotes, but got a single one"
                      : "expected a value, but got " + found());
        };
    at += word.length();
    return value;
  }

  private void requireMore(int start) {
    skipSpace();
    if (ended()) {
      throw wrong(
          "it ends inside the "
              + (text.charAt(start) == '{' ? "object" : "list")
              + " that begins in "
              + place(start));
    }
  }

  private void skipSpace() {
    boolean more = true;
    while (more) {
      while (!ended() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      boolean line = text.startsWith("//", at);
      more = line || text.startsWith("/*", at);
      if (more && comments) {
        skipComment(line);
      } else if (more || text.startsWith("#", at)) {
        throw wrong(comments ? "a comment begins with // or /*" : "comments are not allowed");
      }
    }
  }

  private void skipComment(boolean line) {
    int end = line ? text.indexOf('\n', at) : text.indexOf("*/", at + 2);
    if (end < 0 && !line) {
      throw wrong("the comment that begins here has no end");
    }
    at = end < 0 ? text.length() : line ? end + 1 : end + 2;
  }

  private boolean ended() {
    return at >= text.length();
  }

  private String found() {
    int point = text.codePointAt(at);
    Matcher word = WORD.matcher(text).region(at, text.length());
    if (word.lookingAt()) {
      return "'" + shortened(word.group()) + "'";
    }
    return Character.isISOControl(point) || Character.isSpaceChar(point)
        ? String.format(Locale.ROOT, "U+%04X", point)
        : "'" + Character.toString(point) + "'";
  }

  private static String shortened(String word) {
    return word.length() <= 40 ? word : word.substring(0, 40) + "…";
  }

  private JsonException wrong(String problem) {
    return wrong(Math.min(at, text.length()), problem);
  }

  private JsonException wrong(int offset, String problem) {
    return new JsonException(source + place(offset), "this is not JSON: " + problem + ".");
  }

  private String place(int offset) {
    int line = 1;
    int begin = 0;
    for (int i = 0; i < offset; i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' && !text.startsWith("\n", i + 1)) {
        line++;
        begin = i + 1;
      }
    }
    return "line " + line + ", column " + (offset - begin + 1);
  }
}
