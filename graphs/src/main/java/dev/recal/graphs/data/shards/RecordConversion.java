package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.scan.FolderScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Turns a folder of class folders, such as ImageNet's, into sharded TFRecord files of {@code
 * tf.train.Example}. The encoded images are copied as they are, in an order mixed over all shards.
 *
 * <p>Features of a record, with the names that TensorFlow's own ImageNet records have: {@code
 * image/encoded}, {@code image/format}, {@code image/height}, {@code image/width}, {@code
 * image/filename}, {@code image/class/label} (from 0) and {@code image/class/text}. Beside each
 * shard lies an index for {@link RecordShards}; other readers need only the shards.
 *
 * <p>Each shard is written under another name, read back with its checksums, and renamed; a
 * conversion that was stopped goes on with the shards that are missing.
 *
 * @param images the folder of class folders
 * @param target the directory for the shards; made where absent
 * @param shards how many files; 0 for as many as gives each about 128 MiB
 * @param seed of the order
 * @param threads shards written at a time, at least 1
 * @param strict whether a file that cannot be used is rejected, instead of left out and reported
 */
public record RecordConversion(
    Path images, Path target, int shards, long seed, int threads, boolean strict) {

  private static final long SHARD_BYTES = 128L << 20;

  /** Rejects missing paths and counts below 1. */
  public RecordConversion {
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(target, "target");
    if (shards < 0) {
      throw new IllegalArgumentException("shards: expected at least 0, but got " + shards + ".");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads: expected at least 1, but got " + threads + ".");
    }
  }

  /** Hears how far a conversion is; called from several threads, one at a time. */
  @FunctionalInterface
  public interface Progress {

    /**
     * Another shard is there.
     *
     * @param done images in the shards that are finished, those of an earlier start with them
     * @param all images in all shards
     */
    void shardFinished(int done, int all);
  }

  /**
   * What a conversion has made.
   *
   * @param images in all shards
   * @param classes how many classes they are of
   * @param shards how many files
   * @param found shards that an earlier start had finished
   * @param bytes of the shards' files
   * @param skipped what the folder held besides
   */
  public record Summary(
      int images, int classes, int shards, int found, long bytes, List<SkippedItem> skipped) {}

  /**
   * Writes the shards that are missing.
   *
   * @throws IllegalArgumentException if the folder has no classes of images, or the target was
   *     begun with other images or settings
   * @throws IOException if a file cannot be read or written; what is finished stays
   */
  public Summary run(Progress progress) throws IOException {
    FolderScan scan = FolderScan.of(images);
    requireUsable(scan);
    ShardPlan plan = ShardPlan.of(scan, shards == 0 ? automatic(scan) : shards, seed);
    begin(plan);
    Tally tally = new Tally(plan, progress);
    List<Integer> missing = new ArrayList<>();
    for (int shard = 0; shard < plan.shards(); shard++) {
      Optional<ShardIndex> index = finished(plan, shard);
      if (index.isPresent()) {
        tally.found(index.get());
      } else {
        missing.add(shard);
      }
    }
    writeAll(scan, plan, missing, tally);
    return tally.summary();
  }

  private void requireUsable(FolderScan scan) throws IOException {
    if (strict && !scan.skipped().isEmpty()) {
      throw new IOException(
          images
              + ": expected only usable images because strict is set, but "
              + scan.skipped().size()
              + " are not: "
              + scan.skipped().get(0)
              + ".");
    }
    if (scan.images().size() < shards) {
      throw new IllegalArgumentException(
          "shards: expected at most the number of images, "
              + scan.images().size()
              + ", but got "
              + shards
              + ".");
    }
  }

  private static int automatic(FolderScan scan) {
    long bytes = scan.images().stream().mapToLong(Candidate::size).sum();
    long wanted = (bytes + SHARD_BYTES - 1) / SHARD_BYTES;
    return (int) Math.max(1, Math.min(wanted, scan.images().size()));
  }

  private void begin(ShardPlan plan) throws IOException {
    if (Files.exists(target.resolve(ShardPlan.FILE))) {
      ShardPlan begun = ShardPlan.read(target);
      if (!begun.equals(plan)) {
        throw new IllegalArgumentException(
            target
                + ": expected "
                + begun.images()
                + " images in "
                + begun.shards()
                + " shards with seed "
                + begun.seed()
                + ", as the conversion was started, but got "
                + plan.images()
                + " images in "
                + plan.shards()
                + " shards with seed "
                + plan.seed()
                + (begun.digest().equals(plan.digest()) ? "" : " and other content")
                + "; choose another directory, or remove that one.");
      }
      return;
    }
    if (Files.isDirectory(target)) {
      try (var entries = Files.list(target)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(
              target + ": expected a new or empty directory, or one of an earlier conversion.");
        }
      }
    }
    plan.write(target);
  }

  private Optional<ShardIndex> finished(ShardPlan plan, int shard) {
    try {
      ShardIndex index = ShardIndex.read(plan.indexFile(target, shard), 0);
      return Files.size(plan.shardFile(target, shard)) == index.bytes()
          ? Optional.of(index)
          : Optional.empty();
    } catch (IOException missing) {
      return Optional.empty();
    }
  }

  private void writeAll(FolderScan scan, ShardPlan plan, List<Integer> missing, Tally tally)
      throws IOException {
    ShardWriter writer = new ShardWriter(images, target, scan);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<ShardIndex>> results = new ArrayList<>();
      for (int shard : missing) {
        results.add(workers.submit(() -> tally.written(writer.write(plan, shard))));
      }
      for (Future<ShardIndex> result : results) {
        await(result);
      }
    } finally {
      stop(workers);
    }
  }

  // A worker in the middle of a shard leaves its hidden file only after it has stopped.
  private static void stop(ExecutorService workers) {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(Future<ShardIndex> result) throws IOException {
    try {
      result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The conversion was interrupted; run it again to resume.", e);
    }
  }

  /** Adds up what is there. */
  private static final class Tally {
    private final ShardPlan plan;
    private final Progress progress;
    private int images;
    private int found;
    private long bytes;

    Tally(ShardPlan plan, Progress progress) {
      this.plan = plan;
      this.progress = progress;
    }

    synchronized void found(ShardIndex index) {
      found++;
      written(index);
    }

    synchronized ShardIndex written(ShardIndex index) {
      images += index.images().size();
      bytes += index.bytes();
      progress.shardFinished(images, plan.images());
      return index;
    }

    synchronized Summary summary() {
      return new Summary(
          images, plan.classNames().size(), plan.shards(), found, bytes, plan.skipped());
    }
  }
}
