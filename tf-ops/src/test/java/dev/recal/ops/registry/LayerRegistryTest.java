package dev.recal.ops.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.json.Names;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

class LayerRegistryTest {

  private static final JsonRecords JSON = LayerRegistry.json();

  static Stream<String> names() {
    return LayerRegistry.layers().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyLayerRoundTrips(String name) {
    Layer layer = read("\"" + name + "\"");
    assertThat(layer).isInstanceOf(LayerRegistry.layers().get(name));
    JsonElement written = JSON.write(layer, Layer.class);
    assertThat(written.getAsJsonObject().get("type").getAsString()).isEqualTo(name);
    assertThat(JSON.read(written, Layer.class)).isEqualTo(layer);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyNameIsInKebabCase(String name) {
    assertThat(name).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(LayerRegistry.layers().get(name)).isRecord();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyLayerRejectsUnknownKeys(String name) {
    assertThatThrownBy(() -> read("{\"type\": \"" + name + "\", \"no such key\": 1}"))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("no such key: there is no such key.");
  }

  @Test
  void theBuiltInLayersAreThere() {
    assertThat(LayerRegistry.layers())
        .containsEntry("style-recalibration", StyleRecalibration.class)
        .containsEntry("gather-excite", GatherExcite.class);
    assertThat(LayerRegistry.layers().keySet()).containsAll(new BuiltInLayers().layers().keySet());
  }

  @Test
  void settingsAreReadAndDefaultsStay() {
    assertThat(read("{\"type\": \"gather-excite\", \"variant\": \"theta-plus\", \"extent\": 4}"))
        .isEqualTo(new GatherExcite(GatherExcite.Variant.THETA_PLUS, 4, false, 16));
  }

  @Test
  void reportsRangesOfTheConstructor() {
    assertThatThrownBy(() -> read("{\"type\": \"gather-excite\", \"extent\": 3}"))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("extent: expected 0 (the whole map), 2, 4 or 8, but got 3.");
    assertThatThrownBy(() -> read("{\"type\": \"style-recalibration\", \"epsilon\": -1}"))
        .hasMessageContaining("epsilon: expected at least 0");
  }

  @Test
  void suggestsTheNearestName() {
    assertThatThrownBy(() -> read("\"style-recalibraton\""))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("Did you mean 'style-recalibration'?");
    assertThat(Names.nearest("squeeze-exitation", LayerRegistry.layers().keySet()))
        .contains("squeeze-excitation");
  }

  @Test
  void rejectsWritingUnregisteredLayer() {
    record CustomLayer() implements Layer {
      @Override
      public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
        return x;
      }
    }
    assertThatThrownBy(() -> JSON.write(new CustomLayer(), Layer.class))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("is not registered");
  }

  private static Layer read(String text) {
    return JSON.read(JsonRecords.parse(text), Layer.class);
  }
}
