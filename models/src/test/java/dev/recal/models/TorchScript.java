package dev.recal.models;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * A script of {@code interop/} that reads cases and writes answers as safetensors files, run by the
 * interpreter that the environment variable {@code RECAL_TORCH_PYTHON} names.
 *
 * @param python the interpreter
 * @param name of the file
 * @param directory for cases, answers and the log
 */
public record TorchScript(String python, String name, Path directory) {

  /** Skips the test where there is no interpreter. */
  public static TorchScript find(String name, Path directory) {
    String python = System.getenv("RECAL_TORCH_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_TORCH_PYTHON names no interpreter");
    return new TorchScript(python, name, directory);
  }

  /** Returns the file of a case. */
  public Path testCase(int index) {
    return directory.resolve("case" + index + ".safetensors");
  }

  /** Returns the file of an answer. */
  public Path answer(int index) {
    return directory.resolve("answer" + index + ".safetensors");
  }

  /** Runs the script on the first cases. */
  public void run(int cases) throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    List<String> command = new ArrayList<>(List.of(python, script().toString()));
    for (int i = 0; i < cases; i++) {
      command.add(testCase(i).toString());
      command.add(answer(i).toString());
    }
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log, StandardCharsets.UTF_8)).isEqualTo(0);
  }

  /**
   * Takes steps here and in the script.
   *
   * @param comparison of our values with the script's
   * @return a test for each step
   */
  public Stream<DynamicTest> steps(
      List<? extends TorchStep> steps,
      BiConsumer<Map<String, double[]>, Map<String, TensorValue>> comparison)
      throws IOException, InterruptedException {
    List<Map<String, double[]>> ours = new ArrayList<>();
    for (TorchStep step : steps) {
      ours.add(step.run(testCase(ours.size())));
    }
    run(steps.size());
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Map<String, TensorValue> theirs = Safetensors.read(answer(i));
      Map<String, double[]> results = ours.get(i);
      tests.add(
          DynamicTest.dynamicTest(steps.get(i).title(), () -> comparison.accept(results, theirs)));
    }
    return tests.stream();
  }

  private Path script() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.exists(place.resolve("interop"))) {
      place = place.getParent();
    }
    return place.resolve("interop").resolve(name);
  }
}
