package dev.recal.tools.compatibility;

import java.util.List;
import java.util.Optional;

/** The consumers of the lab, as data. The native libraries are those of Linux on x86-64. */
final class Consumers {

  private static final int JVM_SECONDS = 120;
  private static final int PYTHON_SECONDS = 600;

  /** The TensorFlow version of this library. */
  static final Consumer OWN = second("2.18", "1.1.0");

  /** The oldest loader whose library is small enough for every build. */
  static final Consumer OLD = early("2.4", "0.3.3");

  /** Python's TensorFlow. */
  static final PythonProgram PYTHON =
      new PythonProgram("lab_tensorflow.py", "requirements-tensorflow.txt", "RECAL_PYTHON");

  static final String PLATFORM = "the lab's native libraries are those of Linux on x86-64";

  private Consumers() {}

  /** Returns whether the native libraries can run here. */
  static boolean havePlatform() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  /** The last TensorFlow of the first generation. */
  static Consumer first() {
    return jvm(
        "TensorFlow 1.15 (JVM)",
        "TensorFlow1",
        "org.tensorflow:libtensorflow:1.15.0",
        "org.tensorflow:libtensorflow_jni:1.15.0",
        "org.tensorflow:proto:1.15.0");
  }

  /** Returns all, the oldest TensorFlow first. */
  static List<Consumer> all() {
    return List.of(
        first(),
        OLD,
        early("2.7", "0.4.2"),
        early("2.10", "0.5.0"),
        second("2.16", "1.0.0"),
        OWN,
        deepJavaLibrary(),
        python(),
        new Consumer(
            "ONNX Runtime after tf2onnx",
            new PythonProgram("lab_onnx.py", "requirements-onnx.txt", "RECAL_ONNX_PYTHON"),
            PYTHON_SECONDS),
        new Consumer(
            "TensorFlow.js",
            new PythonProgram("lab_tfjs.py", "requirements-tfjs.txt", "RECAL_TFJS_PYTHON"),
            PYTHON_SECONDS),
        converter("OpenVINO", "lab_openvino.py"),
        converter("Core ML (conversion)", "lab_coreml.py"),
        converter("LiteRT", "lab_litert.py"),
        converter("XLA (jit_compile)", "lab_xla.py"),
        converter("TensorFlow Hub", "lab_hub.py"),
        converter("JAX call_tf", "lab_jax.py"));
  }

  // Their common dependencies have the same versions, so one environment is enough.
  private static Consumer converter(String title, String script) {
    return new Consumer(
        title,
        new PythonProgram(script, "requirements-converters.txt", "RECAL_CONVERTERS_PYTHON"),
        PYTHON_SECONDS);
  }

  /** TensorFlow of Python with Keras and TFLite. */
  static Consumer python() {
    return new Consumer("TensorFlow 2.21 (Python)", PYTHON, PYTHON_SECONDS);
  }

  // Before 1.0 the library was part of the jar of the API.
  private static Consumer early(String tensorflow, String java) {
    return jvm(
        "TensorFlow " + tensorflow + " (JVM)",
        "TensorFlow2",
        "org.tensorflow:tensorflow-core-api:" + java,
        "org.tensorflow:tensorflow-core-api:jar:linux-x86_64:" + java);
  }

  private static Consumer second(String tensorflow, String java) {
    return jvm(
        "TensorFlow " + tensorflow + " (JVM)",
        "TensorFlow2",
        "org.tensorflow:tensorflow-core-api:" + java,
        "org.tensorflow:tensorflow-core-native:jar:linux-x86_64:" + java);
  }

  private static Consumer deepJavaLibrary() {
    return new Consumer(
        "DJL 0.36 on TensorFlow 2.16 (JVM)",
        new JvmProgram(
            "DeepJavaLibrary",
            List.of("ai.djl.tensorflow:tensorflow-engine:0.36.0"),
            Optional.of("ai.djl.tensorflow:tensorflow-native-cu121:jar:linux-x86_64:2.16.1")),
        JVM_SECONDS);
  }

  private static Consumer jvm(String title, String program, String... coordinates) {
    return new Consumer(
        title, new JvmProgram(program, List.of(coordinates), Optional.empty()), JVM_SECONDS);
  }
}
