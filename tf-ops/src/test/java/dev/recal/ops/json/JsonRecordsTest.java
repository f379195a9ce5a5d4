package dev.recal.ops.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {

  enum Colour {
    DEEP_BLUE,
    RED
  }

  sealed interface Form permits Circle, Square, Named {}

  record Circle(double radius) implements Form {
    Circle {
      if (!(radius > 0)) {
        throw new IllegalArgumentException("radius: expected more than 0, but got " + radius + ".");
      }
    }

    static Circle defaults() {
      return new Circle(1);
    }
  }

  record Square(int side, Optional<Colour> colour) implements Form {
    static Square defaults() {
      return new Square(2, Optional.empty());
    }
  }

  enum Named implements Form {
    EMPTY_FORM
  }

  interface Plain {}

  record Ring(int width) implements Plain {}

  record Dot() implements Plain {}

  record Drawing(
      String title,
      Path file,
      boolean shown,
      long seed,
      float scale,
      Form form,
      List<Form> others) {}

  private static final Drawing DRAWING =
      new Drawing(
          "t",
          Path.of("a/b"),
          true,
          1L << 40,
          0.1f,
          new Circle(2.5),
          List.of(new Square(3, Optional.of(Colour.DEEP_BLUE)), new Circle(4)));

  private final JsonRecords json = JsonRecords.sealed();

  @Test
  void aRecordSurvivesTheRoundTrip() {
    JsonElement written = json.write(DRAWING);
    assertThat(json.read(written, Drawing.class)).isEqualTo(DRAWING);
    assertThat(json.read(JsonRecords.parse(written.toString()), Drawing.class)).isEqualTo(DRAWING);
  }

  @Test
  void formatMatchesItsDescription() {
    assertThat(json.write(DRAWING))
        .hasToString(
            "{\"title\":\"t\",\"file\":\"a/b\",\"shown\":true,\"seed\":1099511627776,\"scale\":0.1,"
                + "\"form\":{\"type\":\"circle\",\"radius\":2.5},"
                + "\"others\":[{\"type\":\"square\",\"side\":3,\"colour\":\"deep-blue\"},"
                + "{\"type\":\"circle\",\"radius\":4.0}]}");
  }

  @Test
  void bareTypeNameUsesDefaults() {
    assertThat(form("\"circle\"")).isEqualTo(new Circle(1));
    assertThat(form("{\"type\": \"square\", \"colour\": \"red\"}"))
        .isEqualTo(new Square(2, Optional.of(Colour.RED)));
    assertThat(form("\"empty-form\"")).isEqualTo(Named.EMPTY_FORM);
  }

  @Test
  void anAbsentOrNullOptionalIsEmpty() {
    assertThat(form("{\"type\": \"square\", \"colour\": null}"))
        .isEqualTo(new Square(2, Optional.empty()));
    assertThat(json.write(new Square(1, Optional.empty()))).hasToString("{\"side\":1}");
  }

  @Test
  void openFamilyWorksLikeSealedOne() {
    JsonRecords open =
        JsonRecords.sealed().with(Plain.class, Map.of("ring", Ring.class, "dot", Dot.class));
    Plain ring = new Ring(3);
    assertThat(open.write(ring, Plain.class)).hasToString("{\"type\":\"ring\",\"width\":3}");
    assertThat(open.read(open.write(ring, Plain.class), Plain.class)).isEqualTo(ring);
    assertThatThrownBy(() -> open.read(JsonRecords.parse("\"rang\""), Plain.class))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("Did you mean 'ring'?");
  }

  @Test
  void commentsAreSkippedWhereTheyAreAllowed() {
    String text =
        """
        // first
        {/* a */ "a" /**/ : // b
          [1, /* "c" // */ 2] // d
        } // last""";
    assertThat(JsonRecords.parseCommented(text)).isEqualTo(JsonRecords.parse("{\"a\": [1, 2]}"));
    assertThat(JsonRecords.parseCommented("\"// text\"").getAsString()).isEqualTo("// text");
    assertThatThrownBy(() -> JsonRecords.parseCommented("{} /* open"))
        .hasMessage("line 1, column 4: this is not JSON: the comment that begins here has no end.");
    assertThatThrownBy(() -> JsonRecords.parseCommented("// nothing"))
        .hasMessage("line 1, column 11: this is not JSON: it is empty.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "title|3|title: expected a text, but got 3.",
        "shown|\"yes\"|shown: expected true or false, but got \"yes\".",
        "seed|1.5|seed: expected a whole number, but got 1.5.",
        "seed|99999999999999999999|seed: expected a whole number",
        "scale|\"0.1\"|scale: expected a number, but got \"0.1\".",
        "scale|null|scale: expected a number, but got nothing.",
        "form|[]|form: expected an object, but got [].",
        "form|{}|form: expected a member 'type', one of circle, square",
        "form|\"cirle\"|form: there is no 'cirle'. Did you mean 'circle'?",
        "form|{\"type\":\"circle\",\"raduis\":1}|form.raduis: there is no such key. Did you mean"
            + " 'radius'?",
        "form|{\"type\":\"circle\",\"radius\":-1}|form: radius: expected more than 0, but got"
            + " -1.0.",
        "form|{\"type\":\"square\",\"colour\":\"rad\"}|form.colour: there is no 'rad'. Did you mean"
            + " 'red'?",
        "others|\"circle\"|others: expected a list, but got \"circle\".",
        "others|[\"circle\",{\"type\":\"square\",\"side\":0.5}]|others.1.side: expected a whole"
            + " number, but got 0.5.",
      })
  void invalidValuesAreNamedWithTheirPath(String key, String value, String message) {
    JsonObject object = json.write(DRAWING).getAsJsonObject();
    object.add(key, JsonRecords.parse(value));
    assertThatThrownBy(() -> json.read(object, Drawing.class))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void missingMemberWithoutDefaultIsNamed() {
    JsonObject object = json.write(DRAWING).getAsJsonObject();
    object.remove("file");
    assertThatThrownBy(() -> json.read(object, Drawing.class))
        .isInstanceOf(JsonException.class)
        .hasMessage("file: expected a text, but got nothing.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": 1,}",
        "{a: 1}",
        "{\"a\": 1} // comment",
        "{\"a\": 1} {}",
        "{'a': 1}",
        "{\"a\": 1",
        "{\"a\": 1, \"a\": 2}",
        "NaN",
        ""
      })
  void parsingIsStrict(String text) {
    assertThatThrownBy(() -> JsonRecords.parse(text)).isInstanceOf(JsonException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1,;}|line 1, column 8: this is not JSON: remove the comma after the last value.",
        "{;  // size;  \"a\": 1}|line 2, column 3: this is not JSON: comments are not allowed.",
        "{/* size */ \"a\": 1}|line 1, column 2: this is not JSON: comments are not allowed.",
        "{\"a\": 1} # end|line 1, column 10: this is not JSON: comments are not allowed.",
        "{\"a\": [1, 2,]}|line 1, column 12: this is not JSON: remove the comma after the last value.",
        "{a: 1}|line 1, column 2: this is not JSON: expected a key in double quotes, but got 'a'.",
        "{\"a\" 1}|line 1, column 6: this is not JSON: expected ':' after the key 'a', but got"
            + " '1'.",
        "{\"a\": 1 \"b\": 2}|line 1, column 9: this is not JSON: expected ',' or '}', but got"
            + " '\"'.",
        "{\"a\": {;\"b\": 1|line 2, column 7: this is not JSON: it ends inside the object that"
            + " begins in line 1, column 7.",
        "[\"a;\"]|line 1, column 2: this is not JSON: the text that begins here has no closing"
            + " quote in its line.",
        "[\"a|line 1, column 2: this is not JSON: the text that begins here has no closing quote.",
        "[\"C:\\data\"]|line 1, column 5: this is not JSON: '\\d' does not begin an escape sequence;"
            + " write \\\\ for '\\'.",
        "[NaN]|line 1, column 2: this is not JSON: expected a finite number, but got NaN.",
        "[-Infinity]|line 1, column 2: this is not JSON: expected a finite number, but got"
            + " -Infinity.",
        "[01]|line 1, column 2: this is not JSON: expected a number, but got '01'.",
        "[1e999999999]|line 1, column 2: this is not JSON: the number 1e999999999 has too many"
            + " digits.",
        "[True]|line 1, column 2: this is not JSON: expected a value, but got 'True'.",
        "{\"a\": {\"b\": 1, \"b\": 2}}|line 1, column 16: the key 'a.b' is given twice.",
        "{} {}|line 1, column 4: this is not JSON: expected one value, but more text follows it.",
        "''|line 1, column 1: this is not JSON: it is empty.",
      })
  void whereItIsNotJsonIsNamed(String text, String message) {
    String lines = text.replace(';', '\n');
    assertThatThrownBy(() -> JsonRecords.parse(lines))
        .isInstanceOf(JsonException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> JsonRecords.parse(lines, Path.of("recipe.json")))
        .hasMessage("File recipe.json, " + message);
  }

  @Test
  void measuredNumbersNeedNotBeFinite() {
    assertThat(JsonRecords.parseMeasured("[NaN, -Infinity, 1e-3]"))
        .hasToString("[\"NaN\",\"-Infinity\",0.001]");
  }

  @Test
  void numbersThatNoTypeHoldsAreRefused() {
    JsonObject object = json.write(DRAWING).getAsJsonObject();
    object.add("form", JsonRecords.parse("{\"type\": \"circle\", \"radius\": 1e400}"));
    assertThatThrownBy(() -> json.read(object, Drawing.class))
        .isInstanceOf(JsonException.class)
        .hasMessage("form.radius: expected a smaller number, but got 1E+400.");
  }

  @Test
  void rejectsDeepNesting() {
    String deep = "[".repeat(150_000) + "]".repeat(150_000);
    assertThatThrownBy(() -> JsonRecords.parse(deep))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("this is not JSON");
  }

  @Test
  void mergingReplacesAndJoinsDeeply() {
    JsonObject base = JsonRecords.parse("{\"a\":{\"b\":1,\"c\":2},\"d\":3}").getAsJsonObject();
    JsonObject over = JsonRecords.parse("{\"a\":{\"c\":4},\"d\":{\"e\":5}}").getAsJsonObject();
    assertThat(JsonRecords.merge(base, over))
        .hasToString("{\"a\":{\"b\":1,\"c\":4},\"d\":{\"e\":5}}");
    assertThat(base).hasToString("{\"a\":{\"b\":1,\"c\":2},\"d\":3}");
  }

  private Form form(String text) {
    return json.read(JsonRecords.parse(text), Form.class);
  }
}
