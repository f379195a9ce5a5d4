package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code recal} with the classes of this build: a copy of the tree's layout with an
 * up-to-date class path, so that no build starts within the build.
 */
class LauncherTest {

  @TempDir private Path directory;
  private Path script;

  @BeforeEach
  void copy() throws IOException {
    assumeThat(Path.of("/bin/sh")).exists();
    Path home = Files.createDirectories(directory.resolve("a home"));
    script = Files.copy(Path.of("..", "recal"), home.resolve("recal"));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.createFile(home.resolve("pom.xml"));
    Files.createDirectories(home.resolve("tools/src/main"));
    Files.createFile(home.resolve("tools/pom.xml"));
    Files.createDirectories(home.resolve("tools/target/classes"));
    Files.writeString(
        home.resolve("tools/target/recal-cpu.classpath"), System.getProperty("java.class.path"));
  }

  @Test
  void startsFromAnyDirectoryThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), script);
    CommandResult ran = launch(List.of(link.toString(), "--version"), Map.of());
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith("Recal ");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void passesArgumentsAndExitCodes() throws Exception {
    CommandResult ran = launch(List.of(script.toString(), "inspect", "no such model"), Map.of());
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).isEqualTo("recal: There is no SavedModel directory no such model.\n");
    assertThat(launch(List.of(script.toString(), "--nonsense"), Map.of()).exit()).isEqualTo(2);
  }

  @Test
  void findsLayersOnCustomClassPath() throws Exception {
    // The tests' own classes hold such a layer; the launcher gets them by the variable only.
    String tests = Path.of("target/test-classes").toAbsolutePath().toString();
    String separator = System.getProperty("path.separator");
    Path classes = script.resolveSibling("tools/target/recal-cpu.classpath");
    String without =
        Stream.of(Files.readString(classes).split(separator))
            .filter(entry -> !entry.equals(tests))
            .collect(Collectors.joining(separator));
    Files.writeString(classes, without);
    List<String> command = List.of(script.toString(), "bench", "modules", "--list");
    String layer = "gated-channel-transformation";
    assertThat(launch(command, Map.of()).out()).contains("drconv").doesNotContain(layer);
    assertThat(launch(command, Map.of("RECAL_CLASS_PATH", tests)).out()).contains(layer);
  }

  @Test
  void explainsUnsupportedJava() throws Exception {
    String missing = directory.resolve("none").toString();
    CommandResult ran =
        launch(List.of(script.toString(), "--version"), Map.of("JAVA_HOME", missing));
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).startsWith("recal: JAVA_HOME is " + missing).contains("JDK 17");

    Path old = Files.createDirectories(directory.resolve("old/bin")).resolve("java");
    Files.writeString(old, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();
    String oldHome = directory.resolve("old").toString();
    CommandResult eleven =
        launch(List.of(script.toString(), "--version"), Map.of("JAVA_HOME", oldHome));
    assertThat(eleven.exit()).isEqualTo(1);
    assertThat(eleven.err()).contains("is Java 11, but a JDK 17 or newer is needed");
  }

  private CommandResult launch(List<String> command, Map<String, String> environment)
      throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(command))
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeIf(name -> name.endsWith("JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new CommandResult(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }
}
