package dev.recal.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** The job as it is submitted, on two executors that are processes. */
@Tag("slow")
// Spark 4.0 supports JDK 17 and 21; Hadoop fails from 24 on.
@EnabledForJreRange(max = JRE.JAVA_23)
class LocalClusterTest {

  private static final int IMAGES = 600;
  private static final int UNUSABLE = 4;
  private static final int MINUTES = 5;

  @TempDir static Path directory;
  static Path model;
  static Path images;

  @BeforeAll
  static void write() throws IOException {
    model = Samples.model(directory.resolve("model"));
    images = directory.resolve("images");
    Samples.images(images, IMAGES, 40, 60);
    Samples.damaged(images);
  }

  @Test
  void eachExecutorLoadsTheModelOnceAndGivesThePredictorsAnswers() throws Exception {
    String printed = finish(submit("whole", "--chunk", "200"), "whole");
    assertThat(printed)
        .contains("604 images, 604 of them to be scored; chunks: 4.")
        .contains("Scored 600 images in ")
        .contains("; the model was loaded 2 times.")
        .contains("unusable   4 images, see ");
    Map<String, Row> rows = rows(directory.resolve("whole"));
    assertThat(rows).hasSize(IMAGES);
    try (Predictor predictor = Predictor.open(model)) {
      for (Map.Entry<String, Row> entry : rows.entrySet()) {
        byte[] file = Files.readAllBytes(Path.of(entry.getKey()));
        List<Classification> expected = predictor.classify(List.of(file), 5).get(0);
        List<Row> top = entry.getValue().getList(4);
        for (int k = 0; k < expected.size(); k++) {
          assertThat(top.get(k).getDouble(2))
              .isCloseTo(expected.get(k).probability(), within(1e-6));
        }
      }
    }
    assertThat(rows(directory.resolve("whole-errors"))).hasSize(UNUSABLE);
  }

  @Test
  void aKilledJobIsResumedWithoutLossOrDuplicates() throws Exception {
    Path out = directory.resolve("killed");
    Process job = submit("killed", "--chunk", "20");
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    while (parts(out) < 3) {
      assertThat(job.isAlive()).as(() -> printed("killed")).isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
    job.destroyForcibly();
    job.waitFor();
    long before = Samples.spark().read().parquet(out.toString()).count();
    assertThat(before).isBetween(1L, IMAGES - 1L);
    String printed = finish(submit("killed", "--chunk", "100", "--resume"), "killed");
    assertThat(printed).contains("Scored ").doesNotContain("Scored 600 images");
    assertThat(rows(out)).hasSize(IMAGES);
    assertThat(Samples.spark().read().parquet(out.toString()).count()).isEqualTo(IMAGES);
    assertThat(Samples.spark().read().parquet(out + "-errors").count()).isEqualTo(UNUSABLE);
  }

  private static Process submit(String name, String... options) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--images",
                images.toString(),
                "--out",
                directory.resolve(name).toString()));
    all.addAll(List.of(options));
    Path home = Files.createDirectories(directory.resolve("spark"));
    return SparkSubmit.startShort(home, directory.resolve(name + ".log"), all);
  }

  private static String finish(Process job, String name) throws InterruptedException {
    try {
      assertThat(job.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      job.destroyForcibly();
    }
    assertThat(job.exitValue()).as(() -> printed(name)).isZero();
    return printed(name);
  }

  private static String printed(String name) {
    try {
      return Files.readString(directory.resolve(name + ".log"));
    } catch (IOException none) {
      return "";
    }
  }

  private static long parts(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  // By path; a path that occurs twice fails the test.
  private static Map<String, Row> rows(Path table) {
    Map<String, Row> rows = new HashMap<>();
    for (Row row : Samples.spark().read().parquet(table.toString()).collectAsList()) {
      String path = row.getString(0).replaceFirst("^file:", "");
      assertThat(rows.put(path, row)).as(path).isNull();
    }
    return rows;
  }
}
