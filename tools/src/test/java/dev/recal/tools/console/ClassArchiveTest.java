package dev.recal.tools.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that a program writes, in JVMs of their own. */
class ClassArchiveTest {

  /** Succeeds or fails, as its argument says. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) {
      if (args[0].equals("success")) {
        ClassArchive.write();
        ClassArchive.write();
      }
    }
  }

  @TempDir private Path directory;
  private Path jar;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    // The JVM archives the classes of jars only.
    jar = directory.resolve("program.jar");
    archive = directory.resolve("program.jsa");
    try (OutputStream stream = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(stream)) {
      for (Class<?> type : List.of(ClassArchive.class, Program.class)) {
        String entry = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new ZipEntry(entry));
        try (InputStream bytes = type.getResourceAsStream("/" + entry)) {
          bytes.transferTo(out);
        }
      }
    }
  }

  @Test
  void laterRunsLoadTheClassesFromIt() throws Exception {
    assertThat(run("-XX:+RecordDynamicDumpInfo", "-Drecal.class-archive=" + archive, "success"))
        .isEmpty();
    assertThat(Files.size(archive)).isPositive();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(jar, archive);
    }
    assertThat(run("-XX:SharedArchiveFile=" + archive, "-Xlog:class+load", "failure"))
        .containsPattern(Program.class.getName().replace("$", "\\$") + " source: shared objects");
  }

  @Test
  void aRunThatFailsWritesNone() throws Exception {
    run("-XX:+RecordDynamicDumpInfo", "-Drecal.class-archive=" + archive, "failure");
    assertThat(archive).doesNotExist();
  }

  @Test
  void nothingIsSaidIfTheJvmCannotWriteOne() throws Exception {
    assertThat(run("-Drecal.class-archive=" + archive, "success")).isEmpty();
    assertThat(archive).doesNotExist();
  }

  private String run(String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-Xlog:cds*=off"));
    command.addAll(List.of(words).subList(0, words.length - 1));
    command.addAll(List.of("-cp", jar.toString(), Program.class.getName()));
    command.add(words[words.length - 1]);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // They print lines of their own.
    builder.environment().keySet().removeIf(name -> name.endsWith("JAVA_OPTIONS"));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
