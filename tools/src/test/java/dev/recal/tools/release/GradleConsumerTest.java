package dev.recal.tools.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.tools.console.Versions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumer built by Gradle; skipped if there is none on the path. */
@Tag("slow")
class GradleConsumerTest {

  private static final Path PROJECT = Path.of("src/it/consumer");

  @TempDir private Path directory;

  private static Optional<Path> gradle() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(place -> Path.of(place, "gradle"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Test
  void trainsAndPredicts() throws Exception {
    Optional<Path> gradle = gradle();
    assumeThat(gradle).as("a Gradle on the path").isPresent();
    Path repository = directory.resolve("repository");
    assumeThat(ReactorRepository.write(repository, Versions.recal()))
        .as("the jars of this build; 'package' makes them")
        .isTrue();
    List<String> classPath = classPath(gradle.get(), repository);
    assertThat(classPath.stream().map(entry -> Path.of(entry).getFileName().toString()))
        .contains("recal-models-" + ReactorRepository.VERSION + ".jar", "protobuf-java-3.25.8.jar")
        .noneMatch(
            name -> name.matches("(slf4j-simple|logback|picocli|jetty|grpc|junit|recal-tools).*"));
    Path log = ConsumerTest.run(classPath, directory, "run", 0);
    assertThat(Files.readString(log)).containsPattern("(?m)^answer: [a-z]+$");
  }

  private List<String> classPath(Path gradle, Path repository) throws Exception {
    Path project = directory.resolve("consumer");
    Path source = project.resolve(ConsumerTest.SOURCE);
    Files.createDirectories(source.getParent());
    Files.copy(PROJECT.resolve("build.gradle"), project.resolve("build.gradle"));
    Files.copy(PROJECT.resolve(ConsumerTest.SOURCE), source);
    Files.writeString(project.resolve("settings.gradle"), "rootProject.name = 'consumer'\n");
    Path out = directory.resolve("gradle.log");
    Path errors = directory.resolve("gradle.err");
    Process build =
        new ProcessBuilder(
                gradle.toString(),
                "--no-daemon",
                "-q",
                "-g",
                directory.resolve("home").toString(),
                "-PrecalRepository=" + repository.toUri(),
                "-PrecalVersion=" + ReactorRepository.VERSION,
                "-Pplatform=" + Loader.Detector.getPlatform(),
                "printClassPath")
            .directory(project.toFile())
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(build.waitFor(8, TimeUnit.MINUTES)).isTrue();
    assertThat(build.exitValue()).as(Files.readString(errors)).isZero();
    List<String> lines = Files.readAllLines(out);
    return Arrays.asList(lines.get(lines.size() - 1).split(File.pathSeparator));
  }
}
