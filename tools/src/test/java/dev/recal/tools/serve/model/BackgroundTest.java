package dev.recal.tools.serve.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Background threads, waiting for copied versions, and fair shares. */
class BackgroundTest {

  @Test
  void scheduledTaskSurvivesAnyThrowable() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    ScheduledExecutorService scheduler = Background.scheduler("test");
    try {
      scheduler.scheduleWithFixedDelay(
          Background.guarded(
              "The test",
              () -> {
                runs.countDown();
                overflow(runs.getCount());
              }),
          0,
          1,
          TimeUnit.MILLISECONDS);
      assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      scheduler.shutdownNow();
    }
  }

  private static long overflow(long depth) {
    if (depth % 2 == 0) {
      throw new AssertionError("even");
    }
    return overflow(depth + 2) + 1;
  }

  @Test
  void failuresAreExplained() {
    assertThat(Background.reason(new StackOverflowError())).contains("nested too deeply");
    assertThat(Background.reason(new OutOfMemoryError("heap"))).contains("not enough memory");
    assertThat(Background.reason(new NoSuchFileException("/m/1"))).isEqualTo("There is no /m/1.");
    assertThat(Background.reason(new IOException("It is broken."))).isEqualTo("It is broken.");
    assertThat(Background.reason(new IllegalStateException("odd"))).contains("odd");
  }

  @Test
  void versionWaitsWhileFilesAreWritten(@TempDir Path model) throws IOException {
    Path version = Files.createDirectory(model.resolve("1"));
    Files.writeString(version.resolve("saved_model.pb"), "a");
    Files.writeString(version.resolve(".DS_Store"), "a");
    ModelDirectory directory = ModelDirectory.of(model);
    assertThat(directory.files(1).partial()).isEmpty();
    long before = directory.files(1).fingerprint();
    Path partial = version.resolve(".saved_model.pb.Ab12Cd");
    Files.writeString(partial, "a");
    VersionFiles files = directory.files(1);
    assertThat(files.partial()).isEqualTo(".saved_model.pb.Ab12Cd");
    assertThat(files.fingerprint()).isNotEqualTo(before);
    QuietPeriod quietPeriod = new QuietPeriod(Duration.ofSeconds(1));
    assertThat(quietPeriod.settled(Duration.ofSeconds(2).toNanos(), files)).isFalse();
    assertThat(quietPeriod.settled(Duration.ofSeconds(6).toNanos(), files)).isTrue();
    Files.delete(partial);
    assertThat(quietPeriod.settled(Duration.ofSeconds(2).toNanos(), directory.files(1))).isTrue();
    VersionFiles old = new VersionFiles(1, System.currentTimeMillis() - 10_000, "");
    assertThat(quietPeriod.age(7, old)).isGreaterThan(Duration.ofSeconds(9).toNanos());
    assertThat(quietPeriod.age(7, new VersionFiles(2, 0, ""))).isLessThan(1_000_000_000L);
  }

  @Test
  void idleTimeIsNotSavedUp() {
    FairShares<String> shares = new FairShares<>();
    for (int i = 0; i < 10; i++) {
      assertThat(shares.next(List.of("busy"))).isEqualTo("busy");
      shares.charge("busy", 5);
    }
    // A later client is next, and then they take turns.
    assertThat(shares.next(List.of("busy", "late"))).isEqualTo("late");
    shares.charge("late", 6);
    assertThat(shares.next(List.of("busy", "late"))).isEqualTo("busy");
    shares.charge("busy", 5);
    assertThat(shares.next(List.of("busy", "late"))).isEqualTo("late");
  }
}
