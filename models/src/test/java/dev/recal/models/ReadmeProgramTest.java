package dev.recal.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's programs run with the class path of this module only. */
class ReadmeProgramTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"GateProgram", "FirstProgram"})
  void readmeShowsTheProgramAsItIs(String name) throws IOException {
    String program = Files.readString(Path.of("src/test/java/example", name + ".java"));
    assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + program + "```\n");
  }

  @Test
  void everyVariableOfTheGateHasAGradient() throws Exception {
    assertThat(printed("GateProgram"))
        .containsExactly(
            "conv/kernel[3, 3, 3, 8] has a gradient of [3, 3, 3, 8]",
            "srm/cfc[8, 2] has a gradient of [8, 2]",
            "srm/bn/gamma[8] has a gradient of [8]",
            "srm/bn/beta[8] has a gradient of [8]");
  }

  @Test
  void theFirstProgramTrainsExportsAndAnswers() throws Exception {
    Path run = directory.resolve("run");
    List<String> lines =
        printed(
            "FirstProgram",
            run.toString(),
            "training.steps=2",
            "training.batch=10",
            "data.training.perClass=5");
    assertThat(lines).hasSizeGreaterThan(3);
    double sum = 0;
    for (String line : lines.subList(lines.size() - 3, lines.size())) {
      assertThat(line).matches("[a-z]+ \\d.*");
      sum += Double.parseDouble(line.split(" ")[1]);
    }
    assertThat(sum).isBetween(0.3, 1.001);
    assertThat(run.resolve("model/1/saved_model.pb")).isRegularFile();
  }

  @Test
  void theClassPathHasNoCommandLineServerOrLoggingBinding() throws IOException {
    List<String> files =
        classPath().map(entry -> Path.of(entry).getFileName().toString()).sorted().toList();
    assertThat(files).anyMatch(name -> name.startsWith("slf4j-api"));
    assertThat(files)
        .noneMatch(
            name ->
                name.matches(
                    "(picocli|jetty|netty|grpc|slf4j-(?!api)|logback|log4j|junit|assertj).*"));
    assertThat(classPath()).noneMatch(entry -> entry.matches(".*\\btools\\b.*"));
  }

  // The class path of a program that depends on this module only, written by the build.
  private static Stream<String> classPath() throws IOException {
    return Stream.concat(
        Stream.of(Path.of("target/classes").toAbsolutePath().toString()),
        split(Files.readString(Path.of("target/runtime.classpath")).strip()));
  }

  private static Stream<String> split(String path) {
    return Stream.of(path.split(Pattern.quote(File.pathSeparator)));
  }

  // The native library is the program's own choice: of the CPU or of the GPU.
  private static String withNativeLibrary() throws IOException {
    Stream<String> libraries =
        split(System.getProperty("java.class.path"))
            .filter(entry -> Path.of(entry).getFileName().toString().contains("core-native"));
    return Stream.concat(classPath(), libraries)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  // From source, as in the README, in a separate JVM.
  private List<String> printed(String program, String... arguments) throws Exception {
    Path out = directory.resolve("out");
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Djava.awt.headless=true",
                "-cp",
                withNativeLibrary(),
                Path.of("src/test/java/example", program + ".java").toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(out, StandardCharsets.UTF_8);
  }
}
