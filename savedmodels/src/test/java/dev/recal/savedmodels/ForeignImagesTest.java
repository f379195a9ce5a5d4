package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Models of other programs are called by their only signature that takes image files. */
class ForeignImagesTest {

  @TempDir Path directory;

  @Test
  void classifiesByTheOnlyFileSignature() throws IOException {
    try (Predictor predictor = Predictor.open(write("serving_default"))) {
      assertThat(predictor.imageSignature().key()).isEqualTo("serving_default");
      List<byte[]> files = List.of(bytes("abc"), bytes("a"));
      List<List<Classification>> classes = predictor.classify(files, 2);
      assertThat(classes.get(0)).extracting(Classification::index).containsExactly(0, 1);
      assertThat(classes.get(1).get(0).probability()).isEqualTo(1f);
      assertThat(classes.get(0).get(0).probability()).isEqualTo(3f);
    }
  }

  @Test
  void severalSignaturesAreListed() throws IOException {
    try (Predictor predictor = Predictor.open(write("one", "two"))) {
      assertThatThrownBy(() -> predictor.classify(List.of(bytes("a")), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("exactly one signature that takes a vector of image files")
          .hasMessageContaining("one {files=string [-1]} → ")
          .hasMessageContaining("two {files=string [-1]} → ");
    }
  }

  @Test
  void exampleSignaturesTakeNoFiles() throws IOException {
    try (Predictor predictor = Predictor.open(write("classify"))) {
      assertThatThrownBy(predictor::imageSignature)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 'serving_bytes', or exactly one signature");
    }
  }

  // Scores are the length of the file and zero.
  private Path write(String... keys) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      List<ServableSignature> signatures = new ArrayList<>();
      for (String key : keys) {
        Placeholder<TString> files =
            tf.withName("files_" + key)
                .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
        Operand<TFloat32> length = tf.dtypes.cast(tf.strings.stringLength(files), TFloat32.class);
        Operand<TFloat32> column = tf.expandDims(length, tf.constant(1));
        Operand<TFloat32> scores = tf.concat(List.of(column, tf.zerosLike(column)), tf.constant(1));
        Map<String, Operand<?>> inputs = Map.of("files", files);
        signatures.add(new ServableSignature(key, inputs, Map.of("scores", scores)));
      }
      Servable servable = new Servable(new VariableStore(graph, 0), signatures, List.of());
      return SavedModelWriter.plain().write(servable, session, directory.resolve("foreign"));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
