package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code recal} in the layout of a distribution, with a JVM that prints its options. */
class DistributionLauncherTest {

  @TempDir private Path directory;
  private Path home;

  @BeforeEach
  void prepare() throws IOException {
    assumeThat(Path.of("/bin/sh")).exists();
    layOut("a recal-1.0");
    Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"17.0.9\"\n");
  }

  private void layOut(String name) throws IOException {
    home = Files.createDirectories(directory.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Path script = Files.copy(Path.of("..", "recal"), home.resolve("bin/recal"));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(home.resolve("lib"));
    Files.createFile(home.resolve("lib/b.jar"));
    Files.createFile(home.resolve("lib/a.jar"));
  }

  @Test
  void runsTheJarsInLib() throws Exception {
    List<String> options = launch(Map.of(), "inspect", "a model");
    String lib = home.toRealPath() + "/lib/";
    assertThat(options)
        .contains("-Drecal.home=" + home.toRealPath())
        .contains("-Drecal.script=" + home.toRealPath() + "/bin/recal")
        .containsSequence(
            "-cp", lib + "a.jar:" + lib + "b.jar", "dev.recal.tools.Main", "inspect", "a model");
  }

  @Test
  void runsThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("recal"), home.resolve("bin/recal"));
    Process process = start(link, Map.of(), "doctor");
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).contains("-Drecal.home=" + home.toRealPath());
  }

  @Test
  void archivesTheClassesOfTheFirstRunForThoseAfterIt() throws Exception {
    layOut("recal-1.0");
    String archive = archive("recal");
    assertThat(launch(Map.of(), "--help"))
        .contains("-XX:+RecordDynamicDumpInfo", "-Drecal.class-archive=" + archive);
    Files.createFile(Path.of(archive));
    assertThat(launch(Map.of(), "--help"))
        .contains("-XX:SharedArchiveFile=" + archive)
        .noneMatch(option -> option.contains("class-archive"));
    assertThat(launch(Map.of("RECAL_CLASS_PATH", "my.jar"), "--help"))
        .contains("-XX:SharedArchiveFile=" + archive);
    assertThat(launch(Map.of("RECAL_CLASS_PATH", "my.jar"), "predict"))
        .noneMatch(option -> option.contains("rchive"));
    assertThat(launch(Map.of("RECAL_CDS", "0"), "--help"))
        .noneMatch(option -> option.contains("rchive"));
  }

  @Test
  void everyCommandHasItsArchiveAndHelpAnother() throws Exception {
    layOut("recal-1.0");
    String option = "-Drecal.class-archive=";
    for (String command : new String[] {"predict", "export-weights"}) {
      assertThat(launch(Map.of(), command, "x")).contains(option + archive(command));
    }
    for (String[] words : new String[][] {{}, {"predict", "--help"}, {"-V"}, {"../x"}, {"a b"}}) {
      assertThat(launch(Map.of(), words)).contains(option + archive("recal"));
    }
  }

  @Test
  void noArchiveIsWrittenWhereItDoesNotHelp() throws Exception {
    assertThat(launch(Map.of(), "predict", "x")).noneMatch(option -> option.contains("rchive"));
  }

  // The name contains the place of the jars: a copy elsewhere needs another one.
  private String archive(String command) throws IOException {
    Path place = home.toRealPath();
    String file = command + "-java-17.0.9" + place.toString().replace('/', '-') + ".jsa";
    return place.resolve("lib").resolve(file).toString();
  }

  @Test
  void refusesTheGpuLibraryThatItDoesNotContain() throws Exception {
    assertThat(launch(Map.of("RECAL_GPU", "1"), "doctor"))
        .containsExactly(
            "recal: RECAL_GPU: this distribution contains TensorFlow's CPU library only; expected 0,"
                + " but got '1'.");
    Files.createFile(home.resolve("lib/tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar"));
    assertThat(launch(Map.of(), "doctor")).contains("doctor");
  }

  private List<String> launch(Map<String, String> environment, String... arguments)
      throws Exception {
    Process process = start(home.resolve("bin/recal"), environment, arguments);
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  private Process start(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(script.toString());
    builder.command().addAll(List.of(arguments));
    builder.redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("RECAL_"));
    builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
    builder.environment().put("RECAL_CACHE", directory.resolve("cache").toString());
    builder.environment().keySet().removeIf(name -> name.endsWith("JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process;
  }
}
