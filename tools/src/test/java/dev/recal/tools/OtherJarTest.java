package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A third-party jar with a kind of training, a network and a data source, each a class and a
 * registered line: the command trains, resumes after a kill, evaluates, exports and verifies them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OtherJarTest {

  private static final Map<String, String> SERVICES =
      Map.of(
          "dev.recal.graphs.task.Task", "example.regression.LinearTask",
          "dev.recal.graphs.network.NetworkProvider", "example.PlainNet$Provider",
          "dev.recal.graphs.data.DataSourceProvider", "example.ExampleSources");

  private static final int STEPS = 600;

  @TempDir static Path shared;
  private static final Map<Process, Path> OUTPUTS = new HashMap<>();
  private static String classPath;

  @BeforeAll
  static void build() throws IOException {
    Path jar = jar(compile(sources()));
    // Without the test classes, which contain some of these too.
    classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator))
            + File.pathSeparator
            + jar;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/java/example/regression"))) {
      files.forEach(sources::add);
    }
    sources.add(Path.of("src/test/java/example/PlainNet.java"));
    sources.add(Path.of("../graphs/src/test/java/example/StripedImages.java"));
    sources.add(Path.of("../graphs/src/test/java/example/ExampleSources.java"));
    return sources;
  }

  private static Path compile(List<Path> sources) throws IOException {
    Path classes = Files.createDirectories(shared.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-d",
                classes.toString(),
                "-parameters",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path")));
    sources.forEach(source -> arguments.add(source.toString()));
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(exit).isZero();
    return classes;
  }

  private static Path jar(Path classes) throws IOException {
    Path jar = shared.resolve("others.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> walk = Files.walk(classes)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString().replace('\\', '/')));
        Files.copy(path, out);
      }
      for (Map.Entry<String, String> service : SERVICES.entrySet()) {
        out.putNextEntry(new JarEntry("META-INF/services/" + service.getKey()));
        out.write((service.getValue() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  @Test
  void customTaskTrainsResumesAfterKillAndExports() throws Exception {
    Path recipe = shared.resolve("line.json");
    Files.writeString(
        recipe,
        "{\"task\": \"linear-regression\", \"name\": \"line\", \"steps\": %d}".formatted(STEPS));
    Path whole = shared.resolve("whole");
    assertThat(said(start("train", recipe, "--out", whole, "--plain"))).contains("600 steps done");

    Path broken = shared.resolve("broken");
    Process killed = start("train", recipe, "--out", broken, "--plain");
    try {
      waitForCheckpoint(broken, killed);
    } finally {
      killed.destroyForcibly().waitFor();
    }
    assertThat(said(start("resume", broken, "--plain", "--export", shared.resolve("model"))))
        .contains("Resuming from ")
        .contains("Exported to ");
    assertThat(variables(broken)).isEqualTo(variables(whole));

    assertThat(said(start("verify", shared.resolve("model")))).contains("serving_default");
    assertThat(said(start("evaluate", broken, "--json")))
        .contains("mean_squared_error")
        .containsPattern("\"score\": -[0-9.E-]+");
    assertThat(Files.readString(broken.resolve("recipe.json")))
        .contains("\"task\": \"linear-regression\"");
  }

  /** The signal that terminals, containers and clusters send before killing. */
  @Test
  void signalWritesACheckpointAndExplainsResuming() throws Exception {
    Path recipe = shared.resolve("long.json");
    Files.writeString(
        recipe, "{\"task\": \"linear-regression\", \"name\": \"long\", \"steps\": 10000000}");
    Path run = shared.resolve("long");
    Process process = start("train", recipe, "--out", run, "--plain");
    waitForCheckpoint(run, process);
    process.destroy();
    assertThat(process.waitFor()).isEqualTo(143);
    String text = Files.readString(OUTPUTS.get(process));
    assertThat(text)
        .containsPattern(
            "Training was stopped at step \\d+, where its checkpoint is. Resume it with: \\S+ resume "
                + run);
    long step = Long.parseLong(text.replaceAll("(?s).*stopped at step (\\d+),.*", "$1"));
    assertThat(run.resolve("checkpoints/step-%09d".formatted(step))).isDirectory();
    assertThat(said(start("export", run)))
        .contains("The run is unfinished, at step " + step + " of 10000000. Resume it with: ");
  }

  @Test
  void aNetworkAndADataSourceTrain() throws Exception {
    Path recipe = shared.resolve("stripes.json");
    Files.writeString(
        recipe,
        """
        {"name": "stripes", "network": {"type": "plain-net", "stem": "cifar", "width": 0.125},
         "data": {"training": {"type": "striped-images", "count": 8},
                  "evaluation": {"type": "striped-images", "count": 4}, "imageSize": 16},
         "training": {"batch": 4, "steps": 2}}
        """);
    assertThat(said(start("train", recipe, "--out", shared.resolve("stripes"), "--plain")))
        .contains("2 steps done");
  }

  private static byte[] variables(Path run) throws IOException {
    return Files.readAllBytes(
        run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(STEPS)));
  }

  private static void waitForCheckpoint(Path run, Process process) throws Exception {
    Path second = run.resolve("checkpoints/step-000000020");
    while (!Files.exists(second)) {
      assertThat(process.isAlive()).as("the process trains").isTrue();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static Process start(Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", classPath, "dev.recal.tools.Main"));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    Path output = Files.createTempFile(shared, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    OUTPUTS.put(process, output);
    return process;
  }

  private static String said(Process process) throws Exception {
    int exit = process.waitFor();
    String text = Files.readString(OUTPUTS.get(process));
    assertThat(exit).as(text).isZero();
    return text;
  }
}
