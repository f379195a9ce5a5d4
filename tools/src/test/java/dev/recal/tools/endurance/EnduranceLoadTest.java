package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.files.DurableFiles;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.Main;
import dev.recal.tools.TinyModel;
import dev.recal.tools.bench.ServeProcess;
import dev.recal.tools.serve.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with little memory, and clients of all kinds for minutes, while versions come that are
 * good or broken. {@code -Drecal.load.minutes=N} changes how long.
 */
@Tag("slow")
class EnduranceLoadTest {

  private static final double MINUTES =
      Double.parseDouble(System.getProperty("recal.load.minutes", "10"));
  private static final Duration ALONE = Duration.ofSeconds(10);
  private static final int VERSIONS = 6;
  private static final List<String> FILES =
      List.of(
          "saved_model.pb",
          "variables/variables.index",
          "variables/variables.data-00000-of-00001",
          "assets.extra/labels.txt");
  private static final double MEGABYTE = 1e6;
  // Beyond the first minute, when all kinds of requests have been answered.
  private static final double MAX_GROWTH = 0.25;

  @TempDir private Path directory;
  private final LoadFigures figures = new LoadFigures();
  private final AtomicBoolean done = new AtomicBoolean();
  private final List<String> lines = new ArrayList<>();
  private Path model;

  /** A request of a client. */
  private interface Request {
    void send(SplittableRandom random) throws IOException, InterruptedException;
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void aServerWithstandsMinutesOfLoad() throws Exception {
    model = directory.resolve("m");
    Path first = TinyModel.write(model);
    float[] pixels;
    float[] image;
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("expected.png")));
    try (Predictor predictor = Predictor.open(first)) {
      pixels = logits(predictor, "serving_default", "images", TinyModel.images(1));
      image = logits(predictor, "serving_bytes", "image_bytes", TensorValue.ofBytes(List.of(png)));
    }
    // All of the heap is taken at the start: what grows is a leak.
    List<String> options =
        List.of(
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    List<String> arguments = List.of(model.toString(), "--timeout", "10");
    try (ServeProcess server = ServeProcess.start(Main.class.getName(), options, arguments)) {
      LoadClients clients = new LoadClients(server.uri(), figures, directory, pixels, image);
      LoadFigures alone = new LoadFigures();
      for (long end = System.nanoTime() + ALONE.toNanos(); System.nanoTime() < end; ) {
        clients.light(alone);
      }
      lines.addAll(alone.lines("alone"));
      try {
        load(server, clients);
      } finally {
        lines.addAll(figures.lines("under load"));
        lines.addAll(figures.failures());
        Endurance.report("load", lines);
      }
      assertThat(figures.failures()).isEmpty();
      assertThat(List.of("light", "heavy", "malformed", "huge images", "slow writers", "cancelled"))
          .allMatch(kind -> figures.count(kind) > 0);
    }
  }

  private static float[] logits(
      Predictor predictor, String signature, String input, TensorValue x) {
    return predictor.call(signature, Map.of(input, x)).get("logits").floats();
  }

  private void load(ServeProcess server, LoadClients clients) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        all.add(threads.submit(() -> lightUntilDone(clients)));
        all.add(client(threads, 10 + i, 0, random -> clients.heavy()));
        all.add(client(threads, 20 + i, 0, random -> clients.slow()));
      }
      all.add(client(threads, 30, 20, clients::malformed));
      all.add(client(threads, 40, 200, random -> clients.huge()));
      all.add(client(threads, 50, 50, clients::cancelled));
      all.add(client(threads, 60, 500, random -> clients.look()));
      all.add(client(threads, 70, 0, random -> clients.silent()));
      watch(server);
      done.set(true);
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
    requireNewest(server, clients);
  }

  private Future<?> client(ExecutorService threads, int seed, int pause, Request request) {
    return threads.submit(
        () -> {
          SplittableRandom random = Endurance.random(seed);
          while (!done.get()) {
            try {
              request.send(random);
            } catch (IOException failure) {
              figures.fail("client " + seed, "no answer", failure.toString());
            }
            Thread.sleep(pause);
          }
          return null;
        });
  }

  // A client never meets an older version than before.
  private Void lightUntilDone(LoadClients clients) throws Exception {
    int newest = 0;
    while (!done.get()) {
      int version = clients.light(figures);
      if (version >= 0 && version < newest) {
        figures.fail("light", "an older version", version + " after " + newest);
      }
      newest = Math.max(newest, version);
      Thread.sleep(5);
    }
    return null;
  }

  // Writes versions, good and broken ones in turn, and measures the memory.
  private void watch(ServeProcess server) throws Exception {
    long begin = System.nanoTime();
    double seconds = 60 * MINUTES;
    long atOneMinute = 0;
    int written = 0;
    for (double at = 0; at < seconds; at = (System.nanoTime() - begin) / 1e9) {
      if (at > (written + 0.5) * seconds / (2 * VERSIONS)) {
        written++;
        if (written % 2 == 1) {
          TinyModel.write(model, any -> {}, LoadClients.SHIFT * (written + 1) / 2);
        } else {
          writeBroken();
        }
      }
      if (atOneMinute == 0 && at >= Math.min(60, seconds / 2)) {
        atOneMinute = server.residentBytes().orElse(0);
      }
      Thread.sleep(100);
    }
    long atTheEnd = server.residentBytes().orElse(0);
    lines.add(
        String.format(
            Locale.ROOT,
            "%.1f minutes; memory %.0f MB after one minute, %.0f MB at the end",
            MINUTES,
            atOneMinute / MEGABYTE,
            atTheEnd / MEGABYTE));
    assertThat(server.process().isAlive()).isTrue();
    assertThat(written).isEqualTo(2 * VERSIONS);
    assertThat((double) atTheEnd).isLessThanOrEqualTo((1 + MAX_GROWTH) * atOneMinute);
  }

  private void writeBroken() throws IOException {
    List<Path> versions;
    try (Stream<Path> all = Files.list(model)) {
      versions =
          all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
              .sorted((a, b) -> Integer.compare(number(a), number(b)))
              .toList();
    }
    Path newest = versions.get(versions.size() - 1);
    Path copy = directory.resolve("broken");
    DurableFiles.delete(copy);
    try (Stream<Path> all = Files.walk(newest)) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(newest.relativize(file).toString()));
      }
    }
    SplittableRandom random = Endurance.random(number(newest));
    Path damaged = copy.resolve(FILES.get(random.nextInt(FILES.size())));
    byte[] bytes = Files.readAllBytes(damaged);
    Files.write(damaged, Mutation.random(bytes, bytes.length, random));
    Files.move(copy, model.resolve(Integer.toString(number(newest) + 1)));
  }

  private static int number(Path version) {
    return Integer.parseInt(version.getFileName().toString());
  }

  private void requireNewest(ServeProcess server, LoadClients clients) throws Exception {
    // Versions 2, 4 … are good, 3, 5 … broken.
    String good = "\"version\":\"" + 2 * VERSIONS + "\",\"state\":\"AVAILABLE\"";
    String broken = "\"version\":\"" + (2 * VERSIONS + 1) + "\",\"state\":\"END\"";
    String status = "";
    // A version that may still be copied is given some time.
    for (int i = 0; i < 60 && !status.contains(broken); i++) {
      Thread.sleep(1000);
      status = new Http(server.uri()).get("/v1/models/m").body();
    }
    assertThat(status).contains(good, broken);
    assertThat(clients.light(figures)).as("the newest good version").isEqualTo(VERSIONS);
  }
}
