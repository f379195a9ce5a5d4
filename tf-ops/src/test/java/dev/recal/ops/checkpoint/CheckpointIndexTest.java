package dev.recal.ops.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

class CheckpointIndexTest {

  private static final int MANY = 60;
  private static final String DATA = ".data-00000-of-00001";

  @TempDir static Path shared;
  private static String written;

  @TempDir Path directory;
  private String prefix;

  @BeforeAll
  static void write() {
    written = shared.resolve("variables").toString();
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      // Names with common prefixes, which an index stores once.
      for (int i = 0; i < MANY; i++) {
        String path = "stage%d/block%d/convolution/kernel".formatted(i % 7, i);
        store.create(
            path, VariableSpec.weight("kernel", Shape.of(1, i % 3 + 1), Initializer.zeros()));
      }
      store.counter("training/step");
      Saver saver = Saver.add(GraphScope.ops(graph), "save", store.all());
      try (Session session = new Session(graph)) {
        store.initialize(session);
        saver.save(session, written);
      }
    }
  }

  @BeforeEach
  void copy() throws IOException {
    prefix = directory.resolve("variables").toString();
    Files.copy(CheckpointIndex.file(written), CheckpointIndex.file(prefix));
    Files.copy(Path.of(written + DATA), Path.of(prefix + DATA));
  }

  @Test
  void findsVariableUnderAllItsNames() {
    String name = "stage1/block0.1/kernel";
    for (String key :
        List.of(
            name,
            name + CheckpointIndex.VALUE_SUFFIX,
            "stage1.Sblock0..1.Skernel" + CheckpointIndex.VALUE_SUFFIX)) {
      CheckpointIndex.Entry entry = new CheckpointIndex.Entry(DataType.DT_FLOAT, Shape.of(2));
      CheckpointIndex index = new CheckpointIndex(Map.of(key, entry));
      assertThat(index.key(name)).contains(key);
      assertThat(index.key("stage1/block0/kernel")).isEmpty();
    }
    String resaved = "stage1.Sblock0..1.Skernel" + CheckpointIndex.VALUE_SUFFIX;
    assertThat(CheckpointIndex.variable(resaved)).isEqualTo(name);
    assertThat(CheckpointIndex.variable(name)).isEqualTo(name);
  }

  @Test
  void namesTypesAndShapesAreRead() throws IOException {
    CheckpointIndex index = CheckpointIndex.read(prefix);
    assertThat(index.tensors()).hasSize(MANY + 1);
    assertThat(index.tensors().get("training/step"))
        .isEqualTo(new CheckpointIndex.Entry(DataType.DT_INT64, Shape.scalar()));
    assertThat(index.tensors().get("stage2/block37/convolution/kernel"))
        .isEqualTo(new CheckpointIndex.Entry(DataType.DT_FLOAT, Shape.of(1, 2)));
  }

  @Test
  void missingAndShortFilesAreNamed() throws IOException {
    assertThatThrownBy(() -> CheckpointIndex.read(prefix + "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("There is no TensorFlow checkpoint " + prefix + "x");
    Path data = Path.of(prefix + DATA);
    byte[] whole = Files.readAllBytes(data);
    Files.write(data, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> CheckpointIndex.read(prefix))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            data + " has " + (whole.length - 1) + " bytes, but its index needs " + whole.length);
    Files.delete(data);
    assertThatThrownBy(() -> CheckpointIndex.read(prefix))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is missing its file " + data);
  }

  @Test
  void everyMutationIsReadOrRejected() throws IOException {
    Path file = CheckpointIndex.file(prefix);
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(7);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = whole.clone();
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 10));
      } else {
        // The footer as often as the blocks, whose checksums detect any change.
        int from = random.nextBoolean() ? 0 : bytes.length - 60;
        bytes[random.nextInt(from, bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      try {
        assertThat(CheckpointIndex.read(prefix).tensors()).isNotEmpty();
      } catch (IOException sentence) {
        refused++;
        assertThat(sentence.getMessage()).startsWith("File " + file).endsWith(".");
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }
}
