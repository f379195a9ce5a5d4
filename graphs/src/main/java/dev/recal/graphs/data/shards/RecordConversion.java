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
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Converts a folder of class folders, such as ImageNet, to sharded TFRecord files of {@code
 * tf.train.Example}. The encoded images are copied unchanged, shuffled over all shards; WebP and
 * TIFF images become PNG files. All are decoded once beforehand, and those that cannot be are
 * skipped.
 *
 * <p>Features of a record, with the names that TensorFlow's own ImageNet records have: {@code
 * image/encoded}, {@code image/format}, {@code image/height}, {@code image/width}, {@code
 * image/filename}, {@code image/class/label} (from 0) and {@code image/class/text}. Each shard has
 * an index for {@link RecordShards}; other readers need only the shards.
 *
 * <p>Each shard is written under another name, read back with its checksums, and renamed; an
 * interrupted conversion resumes with the missing shards.
 *
 * @param images the folder of class folders
 * @param target the directory for the shards; created if absent
 * @param shards the number of files; 0 for files of about 128 MiB
 * @param seed the shuffle seed
 * @param threads the number of shards written in parallel, at least 1
 * @param strict whether unusable files are rejected instead of skipped and reported
 */
public record RecordConversion(
    Path images, Path target, int shards, long seed, int threads, boolean strict) {

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

  /** Receives the progress of a conversion; called from several threads, one at a time. */
  @FunctionalInterface
  public interface Progress {

    /**
     * Called when a shard is complete.
     *
     * @param done images in the complete shards, including those of an earlier run
     * @param all images in all shards
     */
    void shardFinished(int done, int all);

    /**
     * Called before all images are decoded once, which finds those that cannot be.
     *
     * @param all images
     */
    default void checking(int all) {}
  }

  /**
   * The result of a conversion.
   *
   * @param images in all shards
   * @param classes the number of classes
   * @param shards the number of files
   * @param found shards completed by an earlier run
   * @param bytes of the shards' files
   * @param skipped the skipped files of the folder
   */
  public record Summary(
      int images, int classes, int shards, int found, long bytes, List<SkippedItem> skipped) {}

  /**
   * Writes the missing shards.
   *
   * @throws IllegalArgumentException if the folder has no classes of images, or the target was
   *     started with other images or settings
   * @throws IOException if a file cannot be read or written; complete shards are kept
   */
  public Summary run(Progress progress) throws IOException {
    ShardPlan.requireUsable(target, ShardPlan.FILE);
    FolderScan scan = checked(FolderScan.withConvertible(images), progress);
    requireUsable(scan);
    ShardPlan plan = ShardPlan.of(images, scan, shards == 0 ? automatic(scan) : shards, seed);
    plan.begin(target, ShardPlan.FILE, plan.withoutContents(scan));
    ShardTotals tally = new ShardTotals(plan, progress);
    List<Integer> missing = new ArrayList<>();
    for (int shard = 0; shard < plan.shards(); shard++) {
      Optional<ShardIndex> index =
          ShardIndex.ofComplete(plan.indexFile(target, shard), plan.shardFile(target, shard));
      if (index.isPresent()) {
        tally.found(index.get().images().size(), index.get().bytes());
      } else {
        missing.add(shard);
      }
    }
    writeAll(scan, plan, missing, tally);
    return tally.summary();
  }

  // A conversion that was begun has decoded the images already, and noted those that failed.
  private FolderScan checked(FolderScan scan, Progress progress) throws IOException {
    if (Files.exists(target.resolve(ShardPlan.FILE))) {
      Set<String> names = scan.images().stream().map(Candidate::name).collect(Collectors.toSet());
      return scan.without(
          ShardPlan.read(target).skipped().stream()
              .filter(item -> names.contains(item.name()))
              .toList());
    }
    progress.checking(scan.images().size());
    return scan.without(ConversionCheck.undecodable(images, scan));
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
    return ShardSizes.filesOf(bytes, scan.images().size());
  }

  private void writeAll(FolderScan scan, ShardPlan plan, List<Integer> missing, ShardTotals tally)
      throws IOException {
    ShardWriter writer = new ShardWriter(images, target, scan);
    List<Callable<ShardIndex>> tasks = new ArrayList<>();
    for (int shard : missing) {
      tasks.add(
          () -> {
            ShardIndex index = writer.write(plan, shard);
            tally.written(index.images().size(), index.bytes());
            return index;
          });
    }
    ShardWorkers.run(threads, tasks);
  }
}
