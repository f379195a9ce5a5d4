package dev.recal.tools.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.tools.console.Versions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Maven project outside of this build, which gets Recal from a repository. */
@Tag("slow")
class ConsumerTest {

  private static final Path PROJECT = Path.of("src/it/consumer");
  static final String SOURCE = "src/main/java/example/Consumer.java";

  @TempDir private static Path directory;

  private static String tree;
  private static List<String> classPath;

  @BeforeAll
  static void build() throws Exception {
    Path repository = directory.resolve("repository");
    assumeThat(ReactorRepository.write(repository, Versions.recal()))
        .as("the jars of this build; 'package' makes them")
        .isTrue();
    Path project = directory.resolve("consumer");
    Files.createDirectories(project.resolve(SOURCE).getParent());
    Files.copy(PROJECT.resolve("pom.xml"), project.resolve("pom.xml"));
    Files.copy(PROJECT.resolve(SOURCE), project.resolve(SOURCE));
    Path local =
        Path.of(
            System.getProperty(
                "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
    Process maven =
        new ProcessBuilder(
                Path.of("../mvnw").toAbsolutePath().normalize().toString(),
                "-q",
                "-B",
                "-ntp",
                "-Drecal.repository=" + repository.toUri(),
                "-Drecal.version=" + ReactorRepository.VERSION,
                "-Dtensorflow.platform=" + Loader.Detector.getPlatform(),
                // What is resolved here stays here; what the user has need not be downloaded.
                "-Dmaven.repo.local=" + directory.resolve("local"),
                "-Dmaven.repo.local.tail=" + local,
                "compile",
                plugin("tree"),
                plugin("build-classpath"),
                "-DoutputFile=tree.txt",
                "-Dmdep.outputFile=classpath.txt",
                "-DincludeScope=runtime")
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(project.resolve("maven.log").toFile())
            .start();
    assertThat(maven.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(maven.exitValue()).as(Files.readString(project.resolve("maven.log"))).isZero();
    tree = Files.readString(project.resolve("tree.txt"));
    System.out.println(tree);
    classPath = new ArrayList<>(List.of(project.resolve("target/classes").toString()));
    classPath.addAll(
        Arrays.asList(
            Files.readString(project.resolve("classpath.txt")).strip().split(File.pathSeparator)));
  }

  // The version that this build uses.
  private static String plugin(String goal) throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    String version = pom.replaceAll("(?s).*<dependency-plugin.version>(.*?)<.*", "$1");
    return "org.apache.maven.plugins:maven-dependency-plugin:" + version + ":" + goal;
  }

  @Test
  void bringsNoLoggingBindingCommandLineServerOrTestLibrary() {
    List<String> artifacts =
        tree.lines()
            .skip(1)
            .map(line -> line.replaceFirst("^[^a-z]*", "").split(":")[1])
            .distinct()
            .sorted()
            .toList();
    assertThat(artifacts)
        .containsExactlyInAnyOrder(
            "recal-models",
            "recal-graphs",
            "recal-savedmodels",
            "recal-tf-ops",
            "tensorflow-core-api",
            "tensorflow-core-native",
            "tensorflow-framework",
            "ndarray",
            "javacpp",
            "protobuf-java",
            "gson",
            "error_prone_annotations",
            "slf4j-api",
            "progressbar",
            "jline-terminal",
            "jline-native",
            "xchart",
            "imageio-webp",
            "imageio-tiff",
            "imageio-core",
            "imageio-metadata",
            "common-lang",
            "common-io",
            "common-image");
    assertThat(tree).contains("protobuf-java:jar:3.25.");
  }

  @Test
  void trainsAndPredicts() throws Exception {
    Path out = run(classPath, directory, "run", 0);
    assertThat(Files.readString(out)).containsPattern("(?m)^answer: [a-z]+$");
  }

  @Test
  void aMissingNativeLibraryIsASentence() throws Exception {
    List<String> without =
        classPath.stream()
            .filter(entry -> !entry.contains(Loader.Detector.getPlatform() + ".jar"))
            .toList();
    assertThat(without).hasSize(classPath.size() - 1);
    Path out = run(without, directory, "no run", 1);
    try (Stream<String> lines = Files.lines(out)) {
      assertThat(lines.filter(line -> line.startsWith("Exception")).collect(Collectors.toList()))
          .containsExactly(
              "Exception in thread \"main\" dev.recal.ops.runtime.NativeLibraryException: TensorFlow:"
                  + " expected its native library on the class path, but got none; add the"
                  + " dependency org.tensorflow:tensorflow-core-native:1.1.0 with the classifier "
                  + Loader.Detector.getPlatform()
                  + ".");
    }
  }

  /** Runs the program, and returns what it prints. */
  static Path run(List<String> classes, Path directory, String name, int exit) throws Exception {
    Path log = directory.resolve(name + ".log");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classes),
                "example.Consumer",
                directory.resolve(name).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(program.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(program.exitValue()).as(Files.readString(log)).isEqualTo(exit);
    return log;
  }
}
