package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models and weights exchanged with Python. Runs where the environment variable {@code
 * RECAL_PYTHON} names an interpreter with the packages that a test needs.
 */
class PythonTest {

  private static final String EXPORT =
      """
      import sys, pathlib, tensorflow as tf
      folder = pathlib.Path(sys.argv[1])
      (folder / "words.txt").write_text("zero\\none\\ntwo\\n")
      class Model(tf.Module):
          def __init__(self):
              self.scale = tf.Variable([1.0, 2.0, 4.0], name="scale")
              self.count = tf.Variable(3, trainable=False, name="count")
              asset = tf.saved_model.Asset(str(folder / "words.txt"))
              self.words = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(
                  asset, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
                  tf.string, tf.lookup.TextFileIndex.WHOLE_LINE), "?")
          @tf.function(input_signature=[tf.TensorSpec([None], tf.int64, name="ids")])
          def look(self, ids):
              return {"word": self.words.lookup(ids), "scaled": tf.gather(self.scale, ids),
                      "sum": self.count + tf.reduce_sum(tf.cast(ids, tf.int32)), "ids": ids}
      model = Model()
      tf.saved_model.save(model, str(folder / "python"), signatures={"look up": model.look})
      """;

  private static final String WEIGHTS =
      """
      import sys, numpy, safetensors.numpy as st
      tensors = st.load_file(sys.argv[1])
      assert tensors["a"].dtype == numpy.float32 and tensors["a"].tolist() == [[1.5, -2.0]], tensors
      assert tensors["b"].dtype == numpy.int64 and tensors["b"].tolist() == [7], tensors
      assert tensors["c"].dtype == numpy.bool_ and tensors["c"].tolist() == [True, False], tensors
      st.save_file({"half": numpy.array([0.5, 65504, -1e-7], numpy.float16),
                    "double": numpy.array([[1 / 3]]), "int": numpy.arange(3, dtype=numpy.int32)},
                   sys.argv[2], metadata={"from": "python"})
      """;

  @TempDir Path directory;
  private static String python;

  @BeforeAll
  static void findPython() {
    python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
  }

  @Test
  void pythonLoadsJavaModels() throws Exception {
    assumePackage("tensorflow");
    Path script = repository().resolve("interop/load_with_python.py");
    try (TinyNetwork network = new TinyNetwork()) {
      new SavedModelWriter(new JsonObject(), TinyNetwork.golden())
          .write(network.servable, network.session, directory);
    }
    String output = run(0, script.toString(), directory.toString(), "--step");
    assertThat(output)
        .contains("3 trainable variables with 123 values, 4 variables in all")
        .contains("stage1/kernel")
        .contains("3 of 3 trainable variables have gradients")
        .contains("max relative error");

    Path outputs = directory.resolve("1/assets.extra/golden_outputs.safetensors");
    byte[] bytes = Files.readAllBytes(outputs);
    bytes[bytes.length - 2] ^= 0x20;
    Files.write(outputs, bytes);
    run(1, script.toString(), directory.toString());
  }

  @Test
  void javaLoadsPythonModels() throws Exception {
    assumePackage("tensorflow");
    run(0, "-c", EXPORT, directory.toString());
    try (Predictor predictor = Predictor.open(directory.resolve("python"))) {
      SavedModelDescription description = predictor.description();
      assertThat(description.variables())
          .extracting(VariableDescription::name, VariableDescription::trainable)
          .containsExactlyInAnyOrder(tuple("scale", true), tuple("count", false));
      Map<String, TensorValue> answer =
          predictor.call("look up", Map.of("ids", TensorValue.of(new long[] {2, 0, 1}, 3)));
      assertThat(answer.get("word").strings()).containsExactly("two", "zero", "one");
      assertThat(answer.get("scaled").floats()).containsExactly(4, 1, 2);
      assertThat(answer.get("sum").ints()).containsExactly(6);
      assertThat(answer.get("ids").longs()).containsExactly(2, 0, 1);
    }
  }

  @Test
  void supportsEveryElementType() throws Exception {
    assumePackage("keras");
    Path script = repository().resolve("interop/python_models.py");
    run(0, script.toString(), directory.toString(), "types");
    try (Predictor predictor = Predictor.open(directory.resolve("types"))) {
      for (String type : List.of("float16", "bfloat16", "float32")) {
        TensorValue x = TensorValue.of(new float[] {1, -0.5f, 0.1f}, 3);
        Map<String, TensorValue> answer = predictor.call(type, Map.of("x", x));
        float third = answer.get("same").floats()[2];
        assertThat(third).isCloseTo(0.1f, within(1e-3f));
        assertThat(answer.get("same").type()).hasToString(type);
        assertThat(answer.get("y").floats()).containsExactly(1, -0.5f, third, 1, -0.5f, third);
      }
      for (TensorValue x :
          List.of(
              TensorValue.of(new double[] {0.1}),
              TensorValue.of(new int[] {1, 2, 3, 4}, 2, 1, 2),
              TensorValue.of(new long[] {1}, 1),
              TensorValue.of(new byte[] {(byte) 200}, 1),
              TensorValue.of(new boolean[] {true, false}, 2),
              TensorValue.ofStrings(List.of("a", "")))) {
        String type = x.type().toString();
        assertThat(predictor.call(type, Map.of("x", x)).get("same")).isEqualTo(x);
      }
      assertThat(predictor.call("nothing", Map.of()).get("answer").ints()).containsExactly(42);
      Map<String, TensorValue> power =
          Map.of("n", TensorValue.of(new int[] {5}), "start", TensorValue.of(new float[] {3}));
      assertThat(predictor.call("power", power).get("x").floats()).containsExactly(96);
      TensorValue small = TensorValue.of(new int[] {1}, 1);
      assertThatThrownBy(() -> predictor.call("int8", Map.of("x", small)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes int8, but got int32.");
    }
  }

  @Test
  void weightsRoundTrip() throws Exception {
    assumePackage("safetensors");
    Path there = directory.resolve("there.safetensors");
    Path back = directory.resolve("back.safetensors");
    Safetensors.write(
        there,
        Map.of(
            "a", TensorValue.of(new float[] {1.5f, -2f}, 1, 2),
            "b", TensorValue.of(new long[] {7}, 1),
            "c", TensorValue.of(new boolean[] {true, false}, 2)),
        Map.of("format", "np"));
    run(0, "-c", WEIGHTS, there.toString(), back.toString());
    Map<String, TensorValue> read = Safetensors.read(back);
    assertThat(read.get("half").floats()).containsExactly(0.5f, 65504f, -2 * 0x1p-24f);
    assertThat(read.get("double").doubles()).containsExactly(1 / 3.0);
    assertThat(read.get("int").ints()).containsExactly(0, 1, 2);
    assertThat(Safetensors.header(back).metadata()).containsEntry("from", "python");
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  private void assumePackage(String name) throws Exception {
    Process process =
        new ProcessBuilder(
                python, "-c", "import importlib.util as u; exit(not u.find_spec('" + name + "'))")
            .start();
    Assumptions.assumeTrue(process.waitFor() == 0, "Python has no " + name);
  }

  private String run(int status, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python));
    command.addAll(List.of(arguments));
    Path log = directory.resolve("log.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(output).isEqualTo(status);
    return output;
  }
}
