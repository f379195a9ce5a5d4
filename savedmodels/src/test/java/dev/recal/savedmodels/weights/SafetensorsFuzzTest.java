package dev.recal.savedmodels.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile files are rejected with one sentence, and use no more memory than their size. */
class SafetensorsFuzzTest {

  private static final int FILES = 4_000;
  private static final long MEMORY = 2L << 20;
  private static final String[] WORDS = {
    "-1", "0", "1", "9223372036854775807", "18446744073709551616", "1e9", "2.5", "\"8\"", "null",
    "[]", "{}", "[[[[[[", "\"F32\"", "\"F16\"", "\"U64\"", "\"F8_E5M2\"", "\"dtype\"", "\"shape\"",
    "\"data_offsets\"", "\"a\"", "\"__metadata__\"", "\\u0000", ",", ":", "}", "]", "\u00ff"
  };

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyMutationIsReadOrRejected(long part) throws IOException {
    SplittableRandom random =
        new SplittableRandom(1_000_000 * Long.getLong("recal.seed", 0) + part);
    byte[] whole = whole();
    Path file = directory.resolve("changed");
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Files.write(file, changed(whole, random));
      long before = allocated();
      try {
        for (TensorValue tensor : Safetensors.read(file).values()) {
          assertThat(tensor.length()).isLessThanOrEqualTo((int) Files.size(file));
        }
      } catch (IOException sentence) {
        refused++;
        assertThat(sentence.getMessage()).contains(file.toString()).endsWith(".");
        assertThat(sentence.getMessage().lines().count()).isEqualTo(1);
      }
      assertThat(allocated() - before).isLessThan(MEMORY);
    }
    assertThat(refused).isBetween(FILES / 4, FILES - 1);
  }

  @Test
  void unchangedModelIsLoaded() throws IOException {
    Path file = Files.write(directory.resolve("whole"), whole());
    assertThat(Safetensors.read(file)).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'__metadata__':{},'__metadata__':{}}"
            + "| '__metadata__' twice",
        "{'__metadata__':{'x':'1','x':'2'},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"
            + "| the metadata 'x' twice",
        "{'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}| metadata"
            + " 'x' is not a text",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}| 'dtype' twice",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'extra':[[[[[[[[1]]]]]]]]}}"
            + "| has 'extra' in the header",
        "{'a':{'dtype':'F32','shape':[[[[[[2]]]]]],'data_offsets':[0,8]}}| a value that is not",
        "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}| a value that is not an integer",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}| a value that is not an integer",
        "{'a':{'dtype':'F32','shape':[2e0],'data_offsets':[0,8]}}| a value that is not an integer",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}| an integer",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}}| more than 2 numbers",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}| the negative number -8",
        "{'a':{'dtype':'F32','shape':[3037000500,3037000500],'data_offsets':[0,8]}}| invalid shape",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}| in the middle of its JSON",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}| begins at byte 8",
      })
  void rejectsInvalidHeadersByName(String header, String reason) throws IOException {
    Path file = write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), 8);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason.strip());
  }

  @Test
  void rejectsDeepAndBrokenText() throws IOException {
    String deep = "{\"a\":" + "{\"a\":".repeat(100_000);
    Path file = write(deep.getBytes(StandardCharsets.UTF_8), 0);
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(IOException.class);
    byte[] latin = "{\"größe\":1}".getBytes(StandardCharsets.ISO_8859_1);
    Path second = write(latin, 0);
    assertThatThrownBy(() -> Safetensors.read(second))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its header is not UTF-8");
  }

  @Test
  void rejectsTooManyDimensions() throws IOException {
    String shape = "1,".repeat(300) + "1";
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[0,1]}}";
    Path file = write(header.getBytes(StandardCharsets.UTF_8), 1);
    assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("more than 254 numbers");
  }

  @Test
  void widensIntegers() throws IOException {
    assertThat(read("I8", new byte[] {-1, 5}, 2).ints()).containsExactly(-1, 5);
    assertThat(read("I16", new byte[] {-2, -1, 1, 0}, 2).ints()).containsExactly(-2, 1);
    assertThat(read("U16", new byte[] {-1, -1}, 1).ints()).containsExactly(65_535);
    assertThat(read("U32", new byte[] {-1, -1, -1, -1}, 1).longs()).containsExactly(4_294_967_295L);
    byte[] large = new byte[8];
    large[0] = 7;
    assertThat(read("U64", large, 1).longs()).containsExactly(7);
    large[7] = (byte) 0x80;
    assertThatThrownBy(() -> read("U64", large, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it contains 9223372036854775815, which exceeds int64");
  }

  @Test
  void rejectsShrinkingFile() throws IOException {
    byte[] whole = whole();
    Path file = Files.write(directory.resolve("shrinking"), whole);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      Files.write(file, Arrays.copyOf(whole, whole.length - 1));
      String last =
          open.header().tensors().entrySet().stream()
              .max(Map.Entry.comparingByValue((a, b) -> Long.compare(a.end(), b.end())))
              .orElseThrow()
              .getKey();
      assertThatThrownBy(() -> open.read(last))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was truncated");
      assertThatThrownBy(() -> open.read("other")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private TensorValue read(String type, byte[] data, int count) throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(type, count, data.length);
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json).put(data);
    Path file = Files.write(directory.resolve("typed"), bytes.array());
    return Safetensors.read(file).get("a");
  }

  private Path write(byte[] header, int data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(directory.resolve("written"), bytes.array());
  }

  private byte[] whole() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    tensors.put("a", TensorValue.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    tensors.put("b.weight", TensorValue.of(new long[] {1}, 1));
    tensors.put("c", TensorValue.of(new boolean[] {true}));
    tensors.put("d", TensorValue.of(new double[0], 0, 7));
    Path file = directory.resolve("base");
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    return Files.readAllBytes(file);
  }

  private static byte[] changed(byte[] whole, SplittableRandom random) {
    byte[] bytes = whole.clone();
    int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    switch (random.nextInt(5)) {
      case 0 -> {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
      case 2 -> ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length(random));
      case 3 -> bytes = spliced(bytes, 8 + random.nextInt(header), 0, random);
      default -> {
        int at = 8 + random.nextInt(header);
        bytes = spliced(bytes, at, random.nextInt(1, Math.min(12, 8 + header - at) + 1), random);
      }
    }
    return bytes;
  }

  private static long length(SplittableRandom random) {
    return random.nextBoolean() ? random.nextLong() : random.nextInt(400);
  }

  // Replaces some bytes by a word, with a correct header length, so that it is parsed.
  private static byte[] spliced(byte[] bytes, int at, int removed, SplittableRandom random) {
    byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8);
    ByteBuffer result =
        ByteBuffer.allocate(bytes.length - removed + word.length).order(ByteOrder.LITTLE_ENDIAN);
    result.put(bytes, 0, at).put(word).put(bytes, at + removed, bytes.length - at - removed);
    result.putLong(0, result.getLong(0) + word.length - removed);
    return result.array();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
