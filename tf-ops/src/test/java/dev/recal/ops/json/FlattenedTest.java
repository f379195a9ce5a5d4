package dev.recal.ops.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlattenedTest {

  record Shared(int width, Optional<String> title) {
    Shared {
      if (width < 1) {
        throw new IllegalArgumentException("width: expected at least 1, but got " + width + ".");
      }
    }

    static Shared defaults() {
      return new Shared(1, Optional.empty());
    }
  }

  record Lamp(int height, @Flattened Shared shared, boolean lit) {
    static Lamp defaults() {
      return new Lamp(7, new Shared(3, Optional.empty()), true);
    }
  }

  record Shelf(int height, @Flattened Shared shared) {}

  record Required(int depth) {}

  record Strict(@Flattened Required required, int height) {}

  record ClashingName(int width, @Flattened Shared shared) {}

  record NotARecord(@Flattened int width) {}

  private final JsonRecords json = JsonRecords.sealed();

  private <T> T read(String text, Class<T> type) {
    return json.read(JsonRecords.parse(text), type);
  }

  @Test
  void membersAreThoseOfTheOuterRecord() {
    Lamp lamp = new Lamp(4, new Shared(5, Optional.of("t")), false);
    assertThat(json.write(lamp))
        .hasToString("{\"height\":4,\"width\":5,\"title\":\"t\",\"lit\":false}");
    assertThat(json.read(json.write(lamp), Lamp.class)).isEqualTo(lamp);
  }

  @Test
  void absentMembersAreTheDefaultsOfTheOuterRecord() {
    assertThat(read("{}", Lamp.class)).isEqualTo(Lamp.defaults());
    assertThat(read("{\"title\": \"t\"}", Lamp.class))
        .isEqualTo(new Lamp(7, new Shared(3, Optional.of("t")), true));
  }

  @Test
  void absentMembersAreTheDefaultsOfTheInnerRecordWhereTheOuterHasNone() {
    assertThat(read("{\"height\": 2}", Shelf.class)).isEqualTo(new Shelf(2, Shared.defaults()));
    assertThat(read("{\"height\": 2, \"depth\": 3}", Strict.class))
        .isEqualTo(new Strict(new Required(3), 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"widht\": 3}|widht: there is no such key. Did you mean 'width'? Known are height, width,",
        "{\"shared\": {}}|shared: there is no such key.",
        "{\"width\": \"x\"}|width: expected a whole number",
        "{\"width\": 0}|JSON: width: expected at least 1, but got 0.",
      })
  void invalidValuesAreNamedWithTheirPath(String text, String message) {
    assertThatThrownBy(() -> read(text, Lamp.class))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void missingMemberWithoutDefaultIsNamed() {
    assertThatThrownBy(() -> read("{\"height\": 2}", Strict.class))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("depth: expected a whole number");
  }

  @Test
  void rejectsRecordsThatCannotBeFlattened() {
    assertThatThrownBy(() -> read("{\"width\": 2}", ClashingName.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected different members, but got [width, width, title]");
    assertThatThrownBy(() -> json.write(new NotARecord(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected a record to flatten, but got int");
  }
}
