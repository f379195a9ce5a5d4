package dev.recal.savedmodels.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  @TempDir Path directory;

  @Test
  void everyTypeRoundTrips() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    tensors.put("bool", TensorValue.of(new boolean[] {true, false, true}, 3));
    tensors.put("float", TensorValue.of(new float[] {1.5f, -2f, Float.NaN, 1e-45f}, 2, 2));
    tensors.put("double", TensorValue.of(new double[] {Math.PI}, 1, 1));
    tensors.put("int", TensorValue.of(new int[] {Integer.MIN_VALUE, 7}, 2));
    tensors.put("long", TensorValue.of(new long[] {Long.MAX_VALUE}));
    tensors.put("byte", TensorValue.of(new byte[] {(byte) 200, 3}, 1, 2));
    tensors.put("nothing", TensorValue.of(new float[0], 0, 5));
    tensors.put("größe \"x\"", TensorValue.of(new float[] {3}));
    Path file = directory.resolve("all.safetensors");
    Files.writeString(file, "an older file, which is replaced");
    Safetensors.write(file, tensors, Map.of("format", "tf"));
    assertThat(Safetensors.read(file)).containsExactlyInAnyOrderEntriesOf(tensors);
    assertThat(Safetensors.read(file, "int"::equals)).containsOnlyKeys("int");
    SafetensorsHeader header = Safetensors.header(file);
    assertThat(header.metadata()).containsExactly(Map.entry("format", "tf"));
    assertThat(header.dataOffset() % 8).isZero();
    assertThat(header.tensors().values())
        .allSatisfy(entry -> assertThat(entry.begin() % entry.type().bytes()).isZero());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0400, 6.103515625e-5",
    "0x0001, 5.9604644775390625e-8",
    "0x83ff, -6.097555160522461e-5",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x3555, 0.333251953125"
  })
  void halfPrecisionBecomesFloat(int bits, float expected) throws IOException {
    assertThat(readOne("F16", bits)).isEqualTo(expected);
  }

  @Test
  void halfPrecisionKeepsNotANumberAndNegativeZero() throws IOException {
    assertThat(readOne("F16", 0x7e00)).isNaN();
    assertThat(Float.floatToIntBits(readOne("F16", 0x8000))).isEqualTo(0x80000000);
  }

  @ParameterizedTest
  @CsvSource({
    "0x3f80, 1",
    "0xc049, -3.140625",
    "0x7f80, Infinity",
    "0x0001, 9.183549615799121e-41"
  })
  void brainPrecisionBecomesFloat(int bits, float expected) throws IOException {
    assertThat(readOne("BF16", bits)).isEqualTo(expected);
  }

  @Test
  void rejectsLyingHeaders() throws IOException {
    String good = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    assertThat(Safetensors.read(file(good + "}", 8))).containsOnlyKeys("a");
    assertRefused(good + "}", 7, "declares 8 bytes of data, but the file has 7");
    assertRefused(good + "}", 9, "declares 8 bytes of data, but the file has 9");
    assertRefused(good, 8, "is not a valid safetensors file");
    assertRefused(good + "} x", 8, "is not a valid safetensors file");
    assertRefused("[1]", 0, "does not begin with '{'");
    assertRefused("{\"a\":1}", 0, "the header is not a JSON object");
    assertRefused(good + "," + good.substring(1) + "}", 8, "the header names the tensor 'a' twice");
    assertRefused(entry("F32", "[2]", "[4,12]"), 12, "begins at byte 4 of the data; expected 0");
    assertRefused(entry("F32", "[3]", "[0,8]"), 8, "takes 12 bytes, but its offsets are 0 to 8");
    assertRefused(entry("F32", "[2]", "[8,0]"), 8, "its offsets are 8 to 0");
    assertRefused(entry("F32", "[-2]", "[0,8]"), 8, "has the negative number -2");
    assertRefused(entry("F32", "[4611686018427387904,4]", "[0,8]"), 8, "the invalid shape");
    assertRefused(entry("F8_E4M3", "[8]", "[0,8]"), 8, "has elements of F8_E4M3; supported are ");
    assertRefused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "needs dtype, shape and two");
  }

  @Test
  void rejectsOverlaps() throws IOException {
    String json =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}";
    assertRefused(json, 12, "tensor 'b' begins at byte 4 of the data; expected 8");
  }

  @Test
  void rejectsHugeLengthsWithoutAllocating() throws IOException {
    for (long length : new long[] {Long.MAX_VALUE, -1, 99_999_999, 1L << 40}) {
      Path file = directory.resolve("length");
      ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(file, bytes.array());
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("declares a header of " + Long.toUnsignedString(length) + " bytes");
    }
    Path file = Files.write(directory.resolve("short"), new byte[3]);
    assertThatThrownBy(() -> Safetensors.header(file)).hasMessageContaining("it has 3 bytes");
    assertThatThrownBy(() -> Safetensors.header(directory.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("There is no safetensors file");
  }

  @Test
  void rejectsStrings() {
    Path file = directory.resolve("strings");
    Map<String, TensorValue> tensors = Map.of("s", TensorValue.ofStrings(List.of("x")));
    assertThatThrownBy(() -> Safetensors.write(file, tensors, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'s' is string");
    assertThat(file).doesNotExist();
  }

  @Test
  void theGoldenCasesAreRead() throws IOException {
    Path golden = findUpwards("shared/golden");
    Assumptions.assumeTrue(golden != null, "there are no golden cases beside the repository");
    JsonObject manifest =
        JsonParser.parseString(Files.readString(golden.resolve("manifest.json"))).getAsJsonObject();
    assertThat(manifest.size()).isPositive();
    try (Stream<Path> files = Files.list(golden)) {
      List<Path> cases =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      assertThat(cases).isNotEmpty();
      for (Path file : cases) {
        Map<String, TensorValue> tensors = Safetensors.read(file);
        assertThat(tensors).containsKeys("output", "cotangent");
        assertThat(tensors.get("output").type()).isEqualTo(ElementType.FLOAT32);
        assertThat(tensors.get("output").shape()).isEqualTo(tensors.get("cotangent").shape());
        for (float value : tensors.get("output").floats()) {
          assertThat(value).isFinite();
        }
      }
    }
  }

  private static Path findUpwards(String name) {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.exists(directory.resolve(name))) {
      directory = directory.getParent();
    }
    return directory == null ? null : directory.resolve(name);
  }

  private float readOne(String type, int bits) throws IOException {
    String json = "{\"a\":{\"dtype\":\"" + type + "\",\"shape\":[1],\"data_offsets\":[0,2]}}";
    Path file = file(json, 2);
    byte[] all = Files.readAllBytes(file);
    all[all.length - 2] = (byte) bits;
    all[all.length - 1] = (byte) (bits >> 8);
    Files.write(file, all);
    return Safetensors.read(file).get("a").floats()[0];
  }

  private static String entry(String type, String shape, String offsets) {
    return String.format(
        "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}", type, shape, offsets);
  }

  private void assertRefused(String json, int dataBytes, String message) throws IOException {
    Path file = file(json, dataBytes);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("File " + file + " is not a valid safetensors file: ")
        .hasMessageContaining(message);
  }

  private Path file(String json, int dataBytes) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(directory.resolve("made.safetensors"), bytes.array());
  }
}
