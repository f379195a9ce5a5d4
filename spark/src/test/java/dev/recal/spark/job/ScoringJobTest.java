package dev.recal.spark.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.spark.Samples;
import dev.recal.spark.ScoringSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

// Spark 4.0 supports JDK 17 and 21; Hadoop fails from 24 on.
@EnabledForJreRange(max = JRE.JAVA_23)
class ScoringJobTest {

  private static final Pattern NUMBER = Pattern.compile("\\b\\d\\.\\d+(E-\\d+)?\\b");

  @TempDir static Path directory;
  static ScoringSettings settings;
  static Path images;
  static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    settings = ScoringSettings.of(Samples.model(directory.resolve("model")).toString());
    images = directory.resolve("images");
    Samples.images(images, 30, 20, 30);
    Samples.damaged(images);
    spark = Samples.spark();
  }

  @Test
  void aResumedJobScoresWhatIsLeft() throws Exception {
    ImageFolder folder = new ImageFolder(images.toString());
    ScoringJob whole = job(folder, "whole", false);
    List<String> log = new ArrayList<>();
    ScoringJob.Result result = whole.run(spark, log::add);
    assertThat(List.of(result.found(), result.skipped(), result.scored(), result.unusable()))
        .containsExactly(34L, 0L, 30L, 4L);
    assertThat(log)
        .anyMatch(line -> line.startsWith("34 images, 34 of them to be scored; chunks: 3."));
    assertThat(log.get(log.size() - 1)).startsWith("34 of 34 images (100.0 %), 4 of them unusable");
    List<String> scored = sorted(whole.out());
    assertThat(scored).hasSize(30);
    assertThat(sorted(whole.errors()))
        .hasSize(4)
        .anyMatch(row -> row.contains("empty.jpg") && row.contains("It is empty."));

    // As if the job had been killed: some of its files are missing.
    assertThat(deleteFirst(Path.of(whole.out()), 2)).isEqualTo(2);
    assertThat(deleteFirst(Path.of(whole.errors()), 1)).isEqualTo(1);
    Files.createDirectories(Path.of(whole.out(), "_temporary", "0", "task"));
    assertThatThrownBy(() -> whole.run(spark, log::add))
        .hasMessageContaining("out: expected a new directory, but ");
    ScoringJob.Result rest = job(folder, "whole", true).run(spark, log::add);
    assertThat(rest.skipped()).isBetween(1L, 32L);
    // The counts of the tasks: none was scored twice.
    long left = rest.scored() + rest.unusable();
    assertThat(log.get(log.size() - 1)).startsWith(left + " of " + left + " images (100.0 %), ");
    assertThat(rest.skipped() + rest.scored() + rest.unusable()).isEqualTo(34);
    requireEqual(sorted(whole.out()), scored);
    assertThat(sorted(whole.errors())).hasSize(4);

    ScoringJob.Result nothing = job(folder, "whole", true).run(spark, log::add);
    assertThat(nothing.skipped()).isEqualTo(34);
    assertThatThrownBy(
            () ->
                new ScoringJob(settings.withTopK(1), folder, whole.out(), whole.errors(), 12, true)
                    .run(spark, log::add))
        .hasMessageContaining("with top-k 1, but");
  }

  @Test
  @Tag("slow")
  void rowsOfATableAreScored() throws Exception {
    String table = directory.resolve("table").toString();
    spark
        .read()
        .format("binaryFile")
        .load(images + "/*.jpg")
        .select(col("length").as("id"), col("content").as("bytes"))
        .where("id > 0")
        .dropDuplicates("id")
        .repartition(3)
        .write()
        .parquet(table);
    spark
        .sql("select 1L as id, cast(null as binary) as bytes")
        .write()
        .mode("append")
        .parquet(table);
    long rows = spark.read().parquet(table).count();
    ImageTable source = new ImageTable(table, "id", "bytes");
    ScoringJob job = job(source, "of table", false);
    ScoringJob.Result result = job.run(spark, line -> {});
    assertThat(result.found()).isEqualTo(rows);
    assertThat(result.scored() + result.unusable()).isEqualTo(rows);
    assertThat(sorted(job.errors())).anyMatch(row -> row.startsWith("[1,It is null."));
    List<String> scored = sorted(job.out());
    deleteFirst(Path.of(job.out()), 1);
    ScoringJob.Result rest = job(source, "of table", true).run(spark, line -> {});
    assertThat(rest.skipped() + rest.scored()).isEqualTo(rows);
    requireEqual(sorted(job.out()), scored);

    spark.read().parquet(table).limit(1).write().mode("append").parquet(table);
    assertThatThrownBy(() -> job(source, "twice", false).run(spark, line -> {}))
        .hasMessageContaining("table: expected different names in the column 'id'");
    assertThatThrownBy(
            () -> job(new ImageTable(table, "path", "bytes"), "other", false).run(spark, l -> {}))
        .hasMessageContaining("table: expected a column 'path'");
  }

  @Test
  void missingImagesAreReported() {
    assertThatThrownBy(
            () ->
                job(new ImageFolder(directory + "/nothing"), "none", false).run(spark, line -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("images: there is nothing at " + directory + "/nothing.");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  private static ScoringJob job(ImageSource source, String name, boolean resume) {
    String out = directory.resolve(name).toString();
    return new ScoringJob(settings, source, out, out + "-errors", 12, resume);
  }

  private static List<String> sorted(String table) {
    return spark.read().parquet(table).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  // A probability depends on the batch that the image was scored in, by rounding.
  private static void requireEqual(List<String> rows, List<String> expected) {
    assertThat(rows.stream().map(row -> NUMBER.matcher(row).replaceAll("p")).toList())
        .isEqualTo(expected.stream().map(row -> NUMBER.matcher(row).replaceAll("p")).toList());
    assertThat(numbers(rows)).containsExactly(numbers(expected), Offset.offset(1e-6));
  }

  private static double[] numbers(List<String> rows) {
    return rows.stream()
        .flatMap(row -> NUMBER.matcher(row).results())
        .mapToDouble(number -> Double.parseDouble(number.group()))
        .toArray();
  }

  private static int deleteFirst(Path table, int count) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(table)) {
      files =
          all.filter(file -> file.getFileName().toString().startsWith("part-"))
              .sorted()
              .limit(count)
              .toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    return files.size();
  }
}
