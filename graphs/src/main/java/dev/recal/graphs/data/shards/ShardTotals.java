package dev.recal.graphs.data.shards;

/** Sums up the existing shards of a conversion, and reports its progress. Thread-safe. */
final class ShardTotals {
  private final ShardPlan plan;
  private final RecordConversion.Progress progress;
  private int images;
  private int found;
  private long bytes;

  ShardTotals(ShardPlan plan, RecordConversion.Progress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /** Adds a shard of an earlier run. */
  synchronized void found(int newImages, long newBytes) {
    found++;
    written(newImages, newBytes);
  }

  /** Adds a new shard. */
  synchronized void written(int newImages, long newBytes) {
    images += newImages;
    bytes += newBytes;
    progress.shardFinished(images, plan.images());
  }

  synchronized RecordConversion.Summary summary() {
    return new RecordConversion.Summary(
        images, plan.classNames().size(), plan.shards(), found, bytes, plan.skipped());
  }
}
