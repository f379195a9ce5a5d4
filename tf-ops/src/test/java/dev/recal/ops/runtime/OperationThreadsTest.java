package dev.recal.ops.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/** TensorFlow starts its threads once a process, so their number is seen in separate JVMs. */
class OperationThreadsTest {

  private static final int THREADS = 40;
  // A JVM may start some of its own meanwhile.
  private static final int MARGIN = 20;
  private static final Path TASKS = Path.of("/proc/self/task");

  @TempDir private Path directory;

  @Test
  void theLastRequestBeforeTheStartCounts() {
    OperationThreads threads = new OperationThreads();
    assertThat(threads.request(3)).isEmpty();
    assertThat(threads.request(2)).isEmpty();
    assertThat(threads.start()).isEqualTo(2);
    assertThat(threads.request(2)).isEmpty();
    assertThat(threads.request(0)).isEmpty();
    assertThat(threads.request(5))
        .hasValue(
            "threads: 5 has no effect within operations: TensorFlow's threads were started with 2"
                + " by an earlier session of this process. Set TF_NUM_INTRAOP_THREADS=5 in the"
                + " environment.");
    assertThat(threads.request(5)).isEmpty();
    assertThat(threads.request(6)).isPresent();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFirstSessionStartsAsManyThreadsAsItAsksFor() throws Exception {
    assertThat(started("first")).isBetween(2 * THREADS, 2 * THREADS + MARGIN);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLaterSessionHasThreadsAmongOperationsOnly() throws Exception {
    assertThat(started("later")).isBetween(THREADS, THREADS + MARGIN);
  }

  private int started(String order) throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                OperationThreadsTest.class.getName(),
                order)
            .redirectError(directory.resolve("err.txt").toFile())
            .redirectOutput(out.toFile());
    Stream.of("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        .forEach(builder.environment()::remove);
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isZero();
    return Integer.parseInt(Files.readString(out).strip());
  }

  /** Prints how many threads are started when a session asks for {@link #THREADS}. */
  @SuppressWarnings("try")
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("later")) {
      ComputeDevices.found();
    }
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(THREADS)
            .setInterOpParallelismThreads(THREADS)
            .build();
    try (Graph graph = Graphs.create()) {
      long before = threads();
      try (Session session = Sessions.open(graph, config)) {
        System.out.println(threads() - before);
      }
    }
  }

  private static long threads() throws IOException {
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks.count();
    }
  }
}
