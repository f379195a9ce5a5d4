package dev.recal.ops.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

class FileKindTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "894844460d0a1a0a00, HDF5",
    "1c00000054464c3314, TFLITE",
    "934e554d5059010076, NUMPY_ARRAY",
    "1f8b080000, GZIP",
    "80028a0a6cfc9c46f9206aa850192e, PYTORCH",
    "80059510000000, PICKLE",
    "02000000000000007b7d, SAFETENSORS",
    "0807120770796f72636831, ONNX",
    "08083a0500, ONNX",
  })
  void filesAreToldByTheirFirstBytes(String hex, FileKind kind) throws IOException {
    assertThat(kind("file", HexFormat.of().parseHex(hex))).isEqualTo(kind);
  }

  @Test
  void archivesAreToldByTheirEntries() throws IOException {
    assertThat(kind("m.keras", zip("metadata.json", "config.json", "model.weights.h5")))
        .isEqualTo(FileKind.KERAS_ARCHIVE);
    assertThat(kind("m.pt", zip("m/data.pkl", "m/data/0"))).isEqualTo(FileKind.PYTORCH);
    assertThat(kind("m.npz", zip("a.npy", "b.npy"))).isEqualTo(FileKind.NUMPY_ARCHIVE);
    assertThat(kind("m.zip", zip("m/1/saved_model.pb"))).isEqualTo(FileKind.ZIPPED_SAVED_MODEL);
    assertThat(kind("m.zip", zip("readme"))).isEqualTo(FileKind.ZIP);
    assertThat(kind("m.zip", new byte[] {'P', 'K', 3, 4, 0})).isEqualTo(FileKind.ZIP);
    byte[] tar = new byte[512];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    assertThat(kind("m.tar", tar)).isEqualTo(FileKind.TAR);
  }

  @Test
  void graphsAreToldByTheirFirstFields() throws IOException {
    NodeDef node = NodeDef.newBuilder().setName("images").setOp("Placeholder").build();
    GraphDef graph = GraphDef.newBuilder().addNode(node).build();
    assertThat(kind("frozen.pb", graph.toByteArray())).isEqualTo(FileKind.FROZEN_GRAPH);
    NodeDef large = node.toBuilder().setDevice("/cpu:0".repeat(50)).build();
    assertThat(kind("frozen.pb", GraphDef.newBuilder().addNode(large).build().toByteArray()))
        .isEqualTo(FileKind.FROZEN_GRAPH);
    SavedModel model =
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(MetaGraphDef.newBuilder().setGraphDef(graph))
            .build();
    assertThat(kind("saved_model.pb", model.toByteArray())).isEqualTo(FileKind.SAVED_MODEL_GRAPH);
  }

  @Test
  void messagesNameTheKind() throws IOException {
    Path onnx =
        Files.write(directory.resolve("m"), HexFormat.of().parseHex("0807120770796f72636831"));
    assertThat(FileKind.named(onnx)).isEqualTo(onnx + ", which is an ONNX model");
    assertThat(FileKind.named(directory)).isEqualTo(directory.toString());
    assertThat(FileKind.notSavedModel(onnx))
        .hasMessage(
            "File "
                + onnx
                + " is an ONNX model, but a SavedModel is a directory: convert it to a SavedModel in"
                + " Python, for example with onnx2tf.");
  }

  @Test
  void otherFilesAreNone() throws IOException {
    assertThat(FileKind.of(directory)).isEmpty();
    assertThat(FileKind.of(directory.resolve("absent"))).isEmpty();
    for (byte[] other : new byte[][] {{}, {8}, {10, 2, 10}, "text".getBytes(), new byte[300]}) {
      assertThat(FileKind.of(Files.write(directory.resolve("other"), other))).isEmpty();
    }
    assertThat(kind("variables.index", new byte[9])).isEqualTo(FileKind.CHECKPOINT);
    assertThat(kind("variables.data-00000-of-00001", new byte[9])).isEqualTo(FileKind.CHECKPOINT);
  }

  @ParameterizedTest
  @EnumSource
  void everyKindHasAnAdviceThatEndsASentence(FileKind kind) {
    assertThat(kind.description()).matches("(an?|the|part) .*[^.]");
    assertThat(kind.weightAdvice()).isNotBlank().doesNotEndWith(".");
  }

  private FileKind kind(String name, byte[] content) throws IOException {
    return FileKind.of(Files.write(directory.resolve(name), content)).orElseThrow();
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
      }
    }
    return bytes.toByteArray();
  }
}
