package dev.recal.graphs.data.coco;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.recal.ops.files.FileFailures;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON file, value by value: files of annotations are too large for a tree. Failures are
 * sentences that name the file and the place in it.
 */
final class StreamedJson {
  private static final Pattern LINE = Pattern.compile("line (\\d+) column (\\d+)");

  // On the text, because Gson's reader accepts 1e3 and 1.0 as integers.
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

  private final Path file;
  private final JsonReader reader;

  private StreamedJson(Path file, JsonReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /** Reads the file's one value. */
  interface Content {
    void read(StreamedJson json) throws IOException;
  }

  /** Reads the value of a member. */
  interface Members {
    /** Returns whether the member is known; the value of another one is skipped. */
    boolean read(String name) throws IOException;
  }

  /** Reads an element of a list. */
  interface Elements {
    void read(int index) throws IOException;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, is not JSON or is refused
   */
  static void read(Path file, Content content) throws IOException {
    try (JsonReader reader =
        new JsonReader(
            new BufferedReader(
                new InputStreamReader(
                    Files.newInputStream(file),
                    StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT))))) {
      reader.setStrictness(Strictness.STRICT);
      StreamedJson json = new StreamedJson(file, reader);
      try {
        content.read(json);
        reader.peek();
      } catch (MalformedJsonException e) {
        throw json.malformed(e);
      } catch (EOFException e) {
        throw new RefusedException(
            "File " + file + ": the JSON ends too early" + json.within() + ".", e);
      }
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw FileFailures.reading(file, e);
    }
  }

  private IOException malformed(MalformedJsonException e) {
    Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
    String place = line.find() ? ", line " + line.group(1) + ", column " + line.group(2) : "";
    return new RefusedException(
        "File " + file + place + ": this is not valid JSON" + within() + ".", e);
  }

  private String within() {
    String place = place();
    return place.isEmpty() ? "" : ", within " + place;
  }

  /** Reads an object; repeated members are refused. */
  void object(Members members) throws IOException {
    require(JsonToken.BEGIN_OBJECT, "an object");
    reader.beginObject();
    Set<String> names = new HashSet<>();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (!names.add(name)) {
        throw refused(place(), "this member is given twice.");
      }
      if (!members.read(name)) {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  /** Reads a list. */
  void list(Elements elements) throws IOException {
    require(JsonToken.BEGIN_ARRAY, "a list");
    reader.beginArray();
    for (int i = 0; reader.hasNext(); i++) {
      elements.read(i);
    }
    reader.endArray();
  }

  /** Reads a list of finite numbers. */
  double[] numbers() throws IOException {
    double[][] numbers = {new double[8]};
    int[] count = {0};
    list(
        i -> {
          if (i == numbers[0].length) {
            numbers[0] = Arrays.copyOf(numbers[0], 2 * i);
          }
          numbers[0][i] = number();
          count[0] = i + 1;
        });
    return Arrays.copyOf(numbers[0], count[0]);
  }

  /** Reads a finite number. */
  double number() throws IOException {
    require(JsonToken.NUMBER, "a finite number");
    String text = reader.nextString();
    double number = Double.parseDouble(text);
    if (Double.isInfinite(number)) {
      throw expected(lastPlace(), "a finite number", text);
    }
    return number;
  }

  /** Reads an integer in a range. */
  long integer(long min, long max) throws IOException {
    if (reader.peek() != JsonToken.NUMBER) {
      throw expected(place(), range(min, max), found(reader.peek()));
    }
    String text = reader.nextString();
    if (INTEGER.matcher(text).matches()) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw expected(lastPlace(), range(min, max), text);
  }

  private static String range(long min, long max) {
    return min == Long.MIN_VALUE ? "an integer" : "an integer from " + min + " to " + max;
  }

  /** Reads a text. */
  String text() throws IOException {
    require(JsonToken.STRING, "a text");
    return reader.nextString();
  }

  /** Reads 0, 1, false or true. */
  boolean flag() throws IOException {
    if (reader.peek() == JsonToken.BOOLEAN) {
      return reader.nextBoolean();
    }
    return integer(0, 1) == 1;
  }

  /** Whether a text is next. */
  boolean isText() throws IOException {
    return reader.peek() == JsonToken.STRING;
  }

  /** Whether a list is next. */
  boolean isList() throws IOException {
    return reader.peek() == JsonToken.BEGIN_ARRAY;
  }

  /** The place of the next value, for example {@code annotations.3.bbox}; empty at the top. */
  private String place() {
    return place(reader.getPath());
  }

  /** The place of the value that was read last. */
  String lastPlace() {
    return place(reader.getPreviousPath());
  }

  private static String place(String path) {
    return path.replaceFirst("^\\$", "")
        .replaceAll("\\[(\\d+)]", ".$1")
        // Within a skipped value, the reader does not keep the names of members.
        .replaceFirst("\\.\\..*$", "")
        .replaceAll("^\\.|\\.$", "");
  }

  private void require(JsonToken token, String expected) throws IOException {
    JsonToken next = reader.peek();
    if (next != token) {
      throw expected(place(), expected, found(next));
    }
  }

  private String found(JsonToken token) throws IOException {
    return switch (token) {
      case BEGIN_ARRAY -> "a list";
      case BEGIN_OBJECT -> "an object";
      case STRING -> {
        String text = reader.nextString();
        yield "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
      }
      case NUMBER -> reader.nextString();
      case BOOLEAN -> String.valueOf(reader.nextBoolean());
      default -> "null";
    };
  }

  /** A value that is not the expected one. */
  IOException expected(String place, String expected, String actual) {
    return refused(place, "expected " + expected + ", but got " + actual + ".");
  }

  /** A refusal in a sentence of its own. */
  IOException refused(String place, String sentence) {
    return new RefusedException(
        "File " + file + ": " + (place.isEmpty() ? "" : place + ": ") + sentence, null);
  }

  /** Its message is complete. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message, Exception cause) {
      super(message, cause);
    }
  }
}
