package dev.recal.models;

import static org.assertj.core.api.Assertions.assertThat;

import example.FirstProgram;
import example.GateProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs of the README are files that compile and run. */
class ReadmeProgramTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"GateProgram", "FirstProgram"})
  void readmeShowsTheProgramAsItIs(String name) throws IOException {
    String program = Files.readString(Path.of("src/test/java/example", name + ".java"));
    assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + program + "```\n");
  }

  @Test
  void everyVariableOfTheGateHasAGradient() throws IOException {
    assertThat(printed(() -> GateProgram.main(new String[0])))
        .containsExactly(
            "conv/kernel[3, 3, 3, 8] has a gradient of [3, 3, 3, 8]",
            "srm/cfc[8, 2] has a gradient of [8, 2]",
            "srm/bn/gamma[8] has a gradient of [8]",
            "srm/bn/beta[8] has a gradient of [8]");
  }

  @Test
  void theFirstProgramTrainsExportsAndAnswers() throws IOException {
    Path run = directory.resolve("run");
    String[] arguments = {
      run.toString(), "training.steps=2", "training.batch=10", "data.training.perClass=5"
    };
    String[] lines = printed(() -> FirstProgram.main(arguments));
    assertThat(lines).hasSizeGreaterThan(3);
    double sum = 0;
    for (int i = lines.length - 3; i < lines.length; i++) {
      assertThat(lines[i]).matches("[a-z]+ \\d.*");
      sum += Double.parseDouble(lines[i].split(" ")[1]);
    }
    assertThat(sum).isBetween(0.3, 1.001);
    assertThat(run.resolve("model/1/saved_model.pb")).isRegularFile();
  }

  private interface Program {
    void run() throws IOException;
  }

  private static String[] printed(Program program) throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
  }
}
