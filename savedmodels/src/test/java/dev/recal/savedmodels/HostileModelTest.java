package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorShapeProto;

/** Hostile models are rejected with the file and the reason, without crashing the process. */
class HostileModelTest {

  // Each seed has a million numbers.
  private static final long SEED = 1_000_000 * Long.getLong("recal.seed", 0);

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void copy() throws IOException {
    model = PythonModels.copy("vocabulary", directory.resolve("model"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/etc/passwd", "../secret.txt", "a/../../b", "", "..\\secret", "gs://b/secret"})
  void assetsStayInTheirDirectory(String name) throws IOException {
    change(graph -> graph.getAssetFileDefBuilder(0).setFilename(name));
    assertRefused(
        "saved_model.pb is rejected: it has an asset '"
            + name
            + "' outside its own directory 'assets'");
  }

  @Test
  void assetsAreThere() throws IOException {
    Files.delete(model.resolve("assets/words.txt"));
    assertRefused("words.txt is missing.");
  }

  @Test
  void recursiveFunctionsAreNamed() throws IOException {
    changeGraph(
        graph -> {
          graph.getLibraryBuilder().addFunction(calling("a", "b", 1));
          graph.getLibraryBuilder().addFunction(calling("b", "c", 1));
          graph.getLibraryBuilder().addFunction(calling("c", "a", 1));
        });
    assertRefused("is rejected: its function 'a' calls itself, directly or through others.");
  }

  @Test
  void deepOrExplodingFunctionsAreNamed() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("saved_model.pb"));
    changeGraph(
        graph -> {
          for (int i = 0; i < 50_000; i++) {
            graph.getLibraryBuilder().addFunction(calling("f" + i, "f" + (i + 1), 1));
          }
        });
    assertRefused("calls others more than 100 deep.");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(
        graph -> {
          for (int i = 0; i < 40; i++) {
            graph.getLibraryBuilder().addFunction(calling("f" + i, "f" + (i + 1), 2));
          }
          graph.getLibraryBuilder().addFunction(calling("f40", "none", 0));
        });
    assertRefused("its functions expand to ");
  }

  @Test
  void rejectsClaimedMemory() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("saved_model.pb"));
    changeGraph(graph -> graph.addNode(constant(shape(1 << 20, 1 << 10))));
    assertRefused("node 'big' claims 4,294,967,292 bytes of memory for values that it does not");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.addNode(constant(shape(Long.MAX_VALUE, 4))));
    assertRefused("node 'big' has a shape of more elements than can be counted");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.addNode(constant(shape(-7))));
    assertRefused("node 'big' has a shape with the negative size -7");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(
        graph ->
            graph
                .addNodeBuilder()
                .setName("big")
                .setOp("VarHandleOp")
                .putAttr("dtype", Attributes.type(DataType.DT_FLOAT))
                .putAttr("shape", Attributes.shape(shape(1 << 20, 1 << 10))));
    assertRefused(
        "node 'big' is a variable of 1,073,741,824 elements, more than the model's files");
  }

  @Test
  void rejectsInputsAndOutputsThatDoNotExist() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("saved_model.pb"));
    changeGraph(
        graph ->
            graph.addNode(
                node("a", "Pack")
                    .addInput(graph.getNode(0).getName())
                    .putAttr("T", Attributes.type(DataType.DT_FLOAT))
                    .putAttr("N", AttrValue.newBuilder().setI(Integer.MAX_VALUE).build())));
    assertRefused(
        "node 'a' sets the number of its inputs 'values' to 2,147,483,647; expected at most 1.");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(
        graph ->
            graph.addNode(
                node("a", "Unpack")
                    .addInput(graph.getNode(0).getName())
                    .putAttr("T", Attributes.type(DataType.DT_FLOAT))
                    .putAttr("num", AttrValue.newBuilder().setI(-1).build())));
    assertRefused(
        "node 'a' sets the number of its outputs 'output' to -1; expected at most 100,000");
  }

  @Test
  void mismatchedNodesAreNamed() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("saved_model.pb"));
    changeGraph(graph -> graph.addNode(graph.getNode(0)));
    assertRefused("is rejected: there are two nodes named ");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.addNode(node("a", "Identity").addInput("nowhere:3")));
    assertRefused("node 'a' takes its input from 'nowhere:3', which does not exist.");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.addNode(node("a", "NoSuchOperation")));
    assertRefused("it uses operations that TensorFlow 2.18.0 does not have: 'NoSuchOperation'.");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.addNode(node("a\nb", "NoOp")));
    assertRefused("it has a node with the invalid name 'a?b'.");
    Files.write(model.resolve("saved_model.pb"), whole);
    changeGraph(graph -> graph.getVersionsBuilder().setMinConsumer(99_999));
    assertRefused("its graph needs a reader of version 99999, and TensorFlow 2.18.0 is of version");
  }

  @Test
  void loadingAndCallingWriteNothing() throws IOException {
    Path target = directory.resolve("written");
    change(
        graph -> {
          String init =
              graph
                  .getSignatureDefOrThrow("__saved_model_init_op")
                  .getOutputsOrThrow("__saved_model_init_op")
                  .getName();
          GraphDef.Builder nodes = graph.getGraphDefBuilder();
          nodes.addNode(text("path", target.toString()));
          nodes.addNode(node("write", "WriteFile").addInput("path").addInput("path"));
          for (NodeDef.Builder node : nodes.getNodeBuilderList()) {
            if (node.getName().equals(init)) {
              node.addInput("^write");
            }
          }
        });
    assertRefused(
        "node 'write' is a WriteFile, which would write files or run foreign code when the model");
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "saved_model.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001"
  })
  void missingPathIsNamed(String name) throws Exception {
    Path file = model.resolve(name);
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused(
        name.endsWith("data-00000-of-00001") ? "is missing its file " + file : "is a directory");
    Files.delete(file);
    Files.createSymbolicLink(file, directory.resolve("nowhere"));
    assertRefused(file.toString());
    Files.delete(file);
    Assumptions.assumeTrue(
        new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0, "no mkfifo");
    // Opening a pipe would wait for its writer forever.
    assertRefused(file.toString());
  }

  @Test
  void linksToFilesAreFollowed() throws IOException {
    Path file = model.resolve("saved_model.pb");
    Path elsewhere = Files.move(file, directory.resolve("blob"));
    Files.createSymbolicLink(file, elsewhere);
    Predictor.open(model).close();
  }

  @Test
  void rejectsEveryTruncation() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("saved_model.pb"));
    for (int length = 0; length < whole.length; length += 37) {
      try (RandomAccessFile file =
          new RandomAccessFile(model.resolve("saved_model.pb").toFile(), "rw")) {
        file.setLength(0);
        file.write(whole, 0, length);
      }
      assertRefused("saved_model.pb is damaged: ");
    }
  }

  @Test
  void invalidProtobufLengthsAreDamage() throws IOException {
    byte[] bytes = Files.readAllBytes(model.resolve("saved_model.pb"));
    Map.of(567, 0x4a, 12692, 0xea, 19913, 0x5b, 23532, 0xbc)
        .forEach((position, value) -> bytes[position] = value.byteValue());
    Files.write(model.resolve("saved_model.pb"), bytes);
    assertRefused("saved_model.pb is damaged: it is not a complete SavedModel.");
  }

  @Test
  void nestedGroupsOfAMapEntryAreDamage() throws IOException {
    // SavedModel.meta_graphs, MetaGraphDef.signature_def: 300 kB that overflowed the stack.
    ByteString bytes = nested(ByteString.copyFrom(groups(150_000)), 5, 2);
    Files.write(model.resolve("saved_model.pb"), bytes.toByteArray());
    assertRefused("saved_model.pb is damaged: it is not a complete SavedModel.");
    assertThatThrownBy(() -> SavedModelReader.describe(model))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("saved_model.pb is damaged");
  }

  @Test
  void nestedMetadataAreDamage() throws IOException {
    Path file = Files.createDirectories(model.resolve("assets.extra")).resolve("recal.json");
    Files.writeString(file, "[".repeat(150_000) + "]".repeat(150_000));
    assertRefused("File " + file + " is damaged: line 1, column 256: this is not JSON: it is");
    Files.writeString(file, "[]");
    assertRefused("File " + file + ": expected a JSON object.");
  }

  private static byte[] groups(int depth) {
    byte[] groups = new byte[2 * depth];
    Arrays.fill(groups, 0, depth, (byte) 0x7b);
    Arrays.fill(groups, depth, 2 * depth, (byte) 0x7c);
    return groups;
  }

  private static ByteString nested(ByteString inner, int... fields) throws IOException {
    ByteString bytes = inner;
    for (int field : fields) {
      ByteString.Output output = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(output);
      coded.writeBytes(field, bytes);
      coded.flush();
      bytes = output.toByteString();
    }
    return bytes;
  }

  @Test
  void rejectsHugeAndDeepFilesUnread() throws IOException {
    ByteString nested = ByteString.EMPTY;
    for (int i = 0; i < 5_000; i++) {
      // Field 1, a message nested in itself.
      ByteString.Output output = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(output);
      coded.writeBytes(1 + i % 2, nested);
      coded.flush();
      nested = output.toByteString();
    }
    Files.write(model.resolve("saved_model.pb"), nested.toByteArray());
    assertRefused("saved_model.pb");
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("saved_model.pb").toFile(), "rw")) {
      file.setLength(3L << 30);
    }
    assertRefused("has 3,221,225,472 bytes, more than the 2 GB that a protocol buffer can have.");
  }

  @Test
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void randomDamageDoesNotCrash() throws Exception {
    load(SEED + 1, 70);
  }

  @Test
  @Tag("slow")
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void heavyRandomDamageDoesNotCrash() throws Exception {
    for (int i = 0; i < 10; i++) {
      load(SEED + 1_000 + 300 * i, 300);
    }
  }

  private void load(long first, long count) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-cp",
            System.getProperty("java.class.path"),
            FuzzedLoading.class.getName(),
            Long.toString(first),
            Long.toString(count)));
    for (String name : List.of("vocabulary", "keras", "tags")) {
      command.add(PythonModels.copy(name, directory.resolve(name + first)).toString());
    }
    Path output = directory.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      boolean ended =
          process.waitFor(count, TimeUnit.SECONDS) || process.waitFor(3, TimeUnit.MINUTES);
      String last = Files.readString(output).strip().replaceAll("(?s).*\n", "");
      assertThat(ended).as("hangs at " + last).isTrue();
      assertThat(process.exitValue()).as("ended by " + last).isZero();
      assertThat(last).matches("refused [1-9]\\d*, answered [1-9]\\d*");
    } finally {
      process.destroyForcibly();
    }
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Predictor.open(model).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message)
        .message()
        .endsWith(".")
        .doesNotContain("\n");
  }

  private void changeGraph(Consumer<GraphDef.Builder> change) throws IOException {
    change(graph -> change.accept(graph.getGraphDefBuilder()));
  }

  private void change(Consumer<MetaGraphDef.Builder> change) throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder builder = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.accept(builder.getMetaGraphsBuilder(0));
    Files.write(file, builder.build().toByteArray());
  }

  private static FunctionDef calling(String name, String other, int times) {
    FunctionDef.Builder function = FunctionDef.newBuilder();
    function.getSignatureBuilder().setName(name);
    for (int i = 0; i < times; i++) {
      function.addNodeDef(node("call" + i, "PartitionedCall").putAttr("f", Attributes.call(other)));
    }
    return function.build();
  }

  private static NodeDef.Builder node(String name, String operation) {
    return NodeDef.newBuilder().setName(name).setOp(operation);
  }

  private static NodeDef.Builder constant(TensorShapeProto shape) {
    return node("big", "Const")
        .putAttr("dtype", Attributes.type(DataType.DT_FLOAT))
        .putAttr("value", Attributes.oneFloat(shape));
  }

  private static NodeDef.Builder text(String name, String value) {
    return node(name, "Const")
        .putAttr("dtype", Attributes.type(DataType.DT_STRING))
        .putAttr("value", Attributes.text(value));
  }

  private static TensorShapeProto shape(long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDimBuilder().setSize(size);
    }
    return shape.build();
  }
}
