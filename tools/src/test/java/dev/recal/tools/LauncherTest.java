package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.ops.GraphScope;
import dev.recal.tools.console.DirectStderr;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The script {@code recal} with the classes of this build: a copy of the tree's layout with an
 * up-to-date class path, so that no build starts within the build.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
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
  void buildsNothingIfToldSo() throws Exception {
    Path source = Files.createFile(script.resolveSibling("tools/src/main/Changed.java"));
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    List<String> command = List.of(script.toString(), "--version");
    // There is no Maven wrapper in this home.
    assertThat(launch(command, Map.of()).err()).startsWith("recal: building");
    CommandResult ran = launch(command, Map.of("RECAL_BUILD", "0"));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    Files.delete(script.resolveSibling("tools/target/recal-cpu.classpath"));
    CommandResult unbuilt = launch(command, Map.of("RECAL_BUILD", "0"));
    assertThat(unbuilt.exit()).isEqualTo(1);
    assertThat(unbuilt.err())
        .isEqualTo("recal: nothing is built yet; run it once without RECAL_BUILD=0.\n");
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

  @Test
  void showsErrorsOfNativeCodeAndDropsTheRest() throws Exception {
    assumeThat(Path.of("/proc/self/fd")).exists();
    // + is kept, - is dropped.
    String samples;
    try (InputStream file = getClass().getResourceAsStream("native-messages.txt")) {
      samples = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    String all = samples.replaceAll("(?m)^[+-] ", "");
    String kept = samples.replaceAll("(?m)^- .*\n", "").replaceAll("(?m)^[+] ", "");
    String home = standIn(all);
    Map<String, String> level2 = Map.of("JAVA_HOME", home, "TF_CPP_MIN_LOG_LEVEL", "2");
    CommandResult ran = launch(List.of(script.toString(), "doctor"), level2, kept::equals);
    assertThat(ran.err()).isEqualTo(kept);
    assertThat(ran.exit()).as("killed").isEqualTo(137);
    Map<String, String> level0 = Map.of("JAVA_HOME", home, "TF_CPP_MIN_LOG_LEVEL", "0");
    assertThat(launch(List.of(script.toString(), "doctor"), level0, all::equals).err())
        .isEqualTo(all);
  }

  @Test
  void keepsTheKernelsThatTheDriverCompiles() throws Exception {
    Files.copy(
        script.resolveSibling("tools/target/recal-cpu.classpath"),
        script.resolveSibling("tools/target/recal-gpu.classpath"));
    String home = printing("$CUDA_CACHE_PATH $CUDA_CACHE_MAXSIZE");
    Path cache = directory.resolve("cache");
    List<String> command = List.of(script.toString(), "doctor");
    Map<String, String> gpu =
        Map.of("JAVA_HOME", home, "RECAL_GPU", "1", "RECAL_CACHE", cache.toString());
    assertThat(launch(command, gpu).out()).isEqualTo(cache + "/gpu-kernels 4294967296\n");
    assertThat(cache.resolve("gpu-kernels")).isDirectory();
    Map<String, String> cpu = Map.of("JAVA_HOME", home, "RECAL_CACHE", cache.toString());
    assertThat(launch(command, cpu).out()).isEqualTo(" \n");
    CommandResult other = launch(command, Map.of("RECAL_GPU", "yes"));
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err()).isEqualTo("recal: RECAL_GPU: expected 0, 1 or cuda, but got 'yes'.\n");
  }

  @Test
  void setsWhatMakesTrainingFasterUnlessItIsSet() throws Exception {
    String home =
        printing("$GLIBC_TUNABLES|$TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_ALLOWLIST_REMOVE");
    List<String> train = List.of(script.toString(), "train", "x");
    assertThat(launch(train, Map.of("JAVA_HOME", home)).out())
        .startsWith("glibc.malloc.hugetlb=1|DepthwiseConv2dNative");
    Map<String, String> own = Map.of("JAVA_HOME", home, "GLIBC_TUNABLES", "");
    assertThat(launch(train, own).out()).startsWith("|DepthwiseConv2dNative");
    List<String> serve = List.of(script.toString(), "serve", "x");
    assertThat(launch(serve, Map.of("JAVA_HOME", home)).out()).startsWith("|");
  }

  /** A JVM that prints a shell's words; returns its home. */
  private String printing(String words) throws IOException {
    return program("printing", "echo \"" + words + "\"");
  }

  /** A JVM that is a line of a shell script; returns its home. */
  private String program(String name, String line) throws IOException {
    Path java = Files.createDirectories(directory.resolve(name + "/bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        case $1 in
          -version) echo 'openjdk version "17.0.15" 2025-04-15' >&2 ;;
          *) %s ;;
        esac
        """
            .formatted(line));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return directory.resolve(name).toString();
  }

  /** A JVM that writes to stderr and is killed; returns its home. */
  private String standIn(String messages) throws IOException {
    String home = program("stand-in", "cat \"$0.messages\" >&2; kill -9 $$");
    Files.writeString(Path.of(home, "bin", "java.messages"), messages);
    return home;
  }

  @Test
  void writesWhatJavaWritesAndDropsTensorFlowsMessages() throws Exception {
    assumeThat(Path.of("/proc/self/fd")).exists();
    String command = Files.readString(script);
    String main = Main.class.getName() + " ";
    assertThat(command).contains(main);
    String talk = Talk.class.getName().replace("$", "\\$") + " ";
    Files.writeString(script, command.replace(main, talk));
    CommandResult ran =
        launch(
            List.of(script.toString()),
            Map.of("TF_CPP_MIN_LOG_LEVEL", "2"),
            err -> err.contains(Talk.FATAL) && err.contains(Talk.LAST));
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains(Talk.FATAL).contains(Talk.LAST);
    // The two ways to stderr are ordered within themselves only.
    assertThat(ran.err().replace(Talk.FATAL, "").replace(Talk.LAST, ""))
        .isEqualTo("W0000 from Java\n 50 %\r100 %");
  }

  /** Uses TensorFlow, writes by Java and as native code does, and ends without shutdown hooks. */
  static final class Talk {

    private static final String FATAL = "F0000 00:00:1.2   3 tensor.cc:4] Check failed: 5 == 6\n";
    private static final String LAST = "terminate called";

    private Talk() {}

    public static void main(String[] arguments) throws IOException {
      DirectStderr.use();
      System.err.println("W0000 from Java");
      System.err.print(" 50 %");
      FileOutputStream fileDescriptor2 = new FileOutputStream(FileDescriptor.err);
      fileDescriptor2.write(FATAL.getBytes(StandardCharsets.UTF_8));
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        session.runner().fetch(GraphScope.ops(graph).constant(1f)).run().close();
      }
      System.err.print("\r100 %");
      fileDescriptor2.write(LAST.getBytes(StandardCharsets.UTF_8));
      Runtime.getRuntime().halt(3);
    }
  }

  private CommandResult launch(List<String> command, Map<String, String> environment)
      throws Exception {
    return launch(command, environment, err -> true);
  }

  /**
   * Launches a command.
   *
   * @param complete whether its messages are; the filter of native ones ends after the command
   */
  private CommandResult launch(
      List<String> command, Map<String, String> environment, Predicate<String> complete)
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
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!complete.test(Files.readString(err)) && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      return new CommandResult(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }
}
