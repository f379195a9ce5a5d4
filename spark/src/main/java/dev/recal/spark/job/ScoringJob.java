package dev.recal.spark.job;

import dev.recal.ops.Arguments;
import dev.recal.spark.Scoring;
import dev.recal.spark.ScoringSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Scores all images of a source into a Parquet table, chunk by chunk. A killed job keeps the chunks
 * that it wrote; resumed, it scores the others. While a chunk is written, the next one is scored.
 *
 * @param scoring the model and how it is called; its columns are ignored
 * @param source the images
 * @param out the directory of the results
 * @param errors the directory of the unusable images and their reasons
 * @param chunk about the number of images that are written together
 * @param resume whether {@code out} may contain results, whose images are skipped
 */
public record ScoringJob(
    ScoringSettings scoring,
    ImageSource source,
    String out,
    String errors,
    int chunk,
    boolean resume) {

  /** Some seconds of a small cluster, and a minute of one machine with a small network. */
  public static final int CHUNK = 20_000;

  /** Rejects invalid settings. */
  public ScoringJob {
    Arguments.require(!out.isBlank(), "out", "a directory", "'" + out + "'");
    Arguments.require(!errors.isBlank(), "errors", "a directory", "'" + errors + "'");
    Arguments.require(!out.equals(errors), "errors", "another directory than out", errors);
    Arguments.atLeast(1, "chunk", chunk);
    scoring = scoring.withColumns(ImageSource.PATH, ImageSource.CONTENT);
  }

  /**
   * What a job did.
   *
   * @param found the number of all images
   * @param skipped those that had a result before
   * @param scored those that were scored
   * @param unusable those that were put aside
   * @param modelsOpened how often an executor loaded the model
   * @param seconds of scoring and writing
   */
  public record Result(
      long found, long skipped, long scored, long unusable, long modelsOpened, double seconds) {}

  /**
   * Runs the job.
   *
   * @param log gets a line about the progress every few seconds
   * @throws IOException if the model or the images are missing, or the directories cannot be used
   */
  public Result run(SparkSession spark, Consumer<String> log) throws IOException {
    Scoring model = Scoring.open(spark, scoring);
    JobOutput output = new JobOutput(out, errors);
    JobOutput.Mark mark = new JobOutput.Mark(model.digest(), scoring.signature(), scoring.topK());
    output.require(spark, mark, resume);
    ImageSource.Remaining images = source.remaining(spark, output.done(spark), chunk);
    output.begin(spark, mark);
    long started = System.nanoTime();
    Progress progress = Progress.start(images, model.counts(), log);
    ChunkCounts counts;
    try {
      counts = score(model, images.chunks(), output);
    } finally {
      progress.close();
    }
    return new Result(
        images.found(),
        images.found() - images.left(),
        counts.scored(),
        counts.unusable(),
        model.counts().modelsOpened(),
        (System.nanoTime() - started) / 1e9);
  }

  private record Scored(Dataset<Row> rows, Future<ChunkCounts> counts) {}

  private static ChunkCounts score(Scoring model, List<Dataset<Row>> chunks, JobOutput output)
      throws IOException {
    ChunkCounts sum = new ChunkCounts(0, 0);
    // Two, so that the executors which have finished a chunk begin with the next one.
    ExecutorService ahead = Executors.newFixedThreadPool(2);
    try {
      Scored next = chunks.isEmpty() ? null : begin(model, chunks.get(0), ahead);
      for (int i = 0; i < chunks.size(); i++) {
        Scored current = next;
        next = i + 1 < chunks.size() ? begin(model, chunks.get(i + 1), ahead) : null;
        ChunkCounts counts = await(current.counts());
        // One after the other: Spark's writers delete what another one has begun in a directory.
        output.append(current.rows(), counts);
        current.rows().unpersist();
        sum = sum.plus(counts);
      }
      return sum;
    } finally {
      ahead.shutdownNow();
    }
  }

  private static Scored begin(Scoring model, Dataset<Row> chunk, ExecutorService ahead) {
    Dataset<Row> rows = model.score(chunk).persist(StorageLevel.MEMORY_AND_DISK());
    return new Scored(rows, ahead.submit(() -> ChunkCounts.of(rows)));
  }

  private static ChunkCounts await(Future<ChunkCounts> counts) throws IOException {
    try {
      return counts.get();
    } catch (ExecutionException failure) {
      throw new IOException(
          "The images cannot be scored: " + failure.getCause().getMessage(), failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("The job was interrupted.", interrupted);
    }
  }
}
