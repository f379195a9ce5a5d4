package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ItemFiles;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.ops.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes the images of a data set, each of them changed, as shards that {@link RecordShards} reads:
 * in the order of the set, with its names and classes.
 *
 * <p>A copy that was interrupted is continued after its last record, and equals one that was not,
 * byte for byte. Images that cannot be read or changed are left out and listed.
 *
 * @param data images with one class each; not closed
 * @param target the directory of the shards; created if absent
 * @param shards the number of files; 0 for files of about 128 MiB
 * @param settings what the change depends on; a copy that was begun with other ones is rejected
 */
public record ChangedCopy(DataSet data, Path target, int shards, String settings) {

  // Of a PNG file of a photograph.
  private static final double BYTES_PER_PIXEL = 2;

  /** Rejects sets whose images have not one class each, and more files than images. */
  public ChangedCopy {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(settings, "settings");
    Arguments.require(
        data.targets() instanceof ClassTargets,
        "data",
        "images with one class each",
        data.targets().description());
    Arguments.require(
        shards >= 0 && shards <= data.count(),
        "shards",
        "from 0 to the number of images, " + data.count(),
        shards);
  }

  /** Changes an image. */
  @FunctionalInterface
  public interface Change {

    /**
     * Returns the file of the changed image.
     *
     * @param name of the image in its data set
     * @param file JPEG, PNG, GIF or BMP, stored upright
     * @throws ImageHeader.UnusableImageException if the image cannot be changed
     * @throws IOException if something else fails, which ends the copy
     */
    byte[] apply(String name, byte[] file) throws ImageHeader.UnusableImageException, IOException;
  }

  /**
   * The result of a copy.
   *
   * @param written images
   * @param kept images that were there already
   * @param skipped images that were left out, those of the data set among them
   */
  public record Summary(int written, int kept, List<SkippedItem> skipped) {}

  /**
   * Writes what is missing.
   *
   * @param progress gets the number of images done after each one
   * @throws IllegalArgumentException if the target was begun with other images or settings
   * @throws IOException if a file cannot be written; what was written is kept
   */
  public Summary run(Change change, RecordConversion.Progress progress) throws IOException {
    int files = shards == 0 ? ShardSizes.filesOf(data, BYTES_PER_PIXEL) : shards;
    ShardPlan plan = plan(files, data.count(), data.skipped());
    begin(plan);
    Work work = new Work(plan, change, progress);
    int images = 0;
    try (ItemFiles reader = new ItemFiles(data.images())) {
      for (int shard = 0; shard < files; shard++) {
        images += work.write(shard, reader);
      }
    }
    List<SkippedItem> skipped = new ArrayList<>(data.skipped());
    skipped.addAll(work.skipped);
    plan(files, Math.max(images, files), skipped).write(target);
    return new Summary(work.written, work.kept, skipped);
  }

  private ShardPlan plan(int files, int images, List<SkippedItem> skipped) {
    String digest = new Digest().add(data.digest()).add(settings).toHex();
    return new ShardPlan(ShardPlan.FORMAT, images, files, 0, digest, data.classNames(), skipped);
  }

  // What was left out is known only at the end, when the plan is written again.
  private void begin(ShardPlan plan) throws IOException {
    if (!RecordShards.isAt(target)) {
      plan.write(target);
      return;
    }
    ShardPlan begun = ShardPlan.read(target);
    if (!begun.digest().equals(plan.digest()) || begun.shards() != plan.shards()) {
      throw new IllegalArgumentException(
          target
              + ": the copy was begun with other images, settings or numbers of files; choose"
              + " another directory, or remove that one.");
    }
  }

  /** One call. */
  private final class Work {

    private final ShardPlan plan;
    private final Change change;
    private final RecordConversion.Progress progress;
    private final int[] labels = data.labels();
    private final List<SkippedItem> skipped = new ArrayList<>();
    private int written;
    private int kept;

    Work(ShardPlan plan, Change change, RecordConversion.Progress progress) {
      this.plan = plan;
      this.change = change;
      this.progress = progress;
    }

    /** Writes what a shard lacks; returns the number of its images. */
    int write(int shard, ItemFiles reader) throws IOException {
      int from = (int) ((long) data.count() * shard / plan.shards());
      int to = (int) ((long) data.count() * (shard + 1) / plan.shards());
      Path file = plan.shardFile(target, shard);
      Path index = plan.indexFile(target, shard);
      Optional<ShardIndex> complete = ShardIndex.ofComplete(index, file);
      if (complete.isPresent()) {
        // Those that are not there were left out.
        kept += complete.get().images().size();
        leftOut(from, to, complete.get(), reader);
        progress.shardFinished(done(), data.count());
        return complete.get().images().size();
      }
      try (GrowingShard growing = GrowingShard.open(file)) {
        int next = 0;
        for (int image = from; image < to; image++) {
          next = add(growing, next, image, reader);
          progress.shardFinished(done(), data.count());
        }
        if (next < growing.count()) {
          growing.cut(next);
        }
        growing.complete(index);
        return next;
      }
    }

    private int done() {
      return written + kept + skipped.size();
    }

    private void leftOut(int from, int to, ShardIndex index, ItemFiles reader) throws IOException {
      int next = 0;
      for (int image = from; image < to; image++) {
        String name = data.itemName(image);
        if (next < index.images().size() && index.images().get(next).name().equals(name)) {
          next++;
        } else {
          retry(name, image, reader);
        }
      }
    }

    // It fails again, unless its file has been replaced since: then its shard stays as it is.
    private void retry(String name, int image, ItemFiles reader) throws IOException {
      if (record(name, image, reader).isPresent()) {
        skipped.add(new SkippedItem(name, "could not be used before"));
      }
    }

    // Returns the position of the next record.
    private int add(GrowingShard growing, int next, int image, ItemFiles reader)
        throws IOException {
      String name = data.itemName(image);
      if (next < growing.count() && growing.name(next).equals(name)) {
        kept++;
        return next + 1;
      }
      // One that an earlier call left out fails again, and is named again.
      Optional<byte[]> record = record(name, image, reader);
      if (record.isEmpty()) {
        return next;
      }
      if (next < growing.count()) {
        growing.cut(next);
      }
      growing.append(record.get());
      written++;
      return next + 1;
    }

    private Optional<byte[]> record(String name, int image, ItemFiles reader) throws IOException {
      byte[] file;
      try {
        file = reader.read(data.itemOf(image));
      } catch (IOException unreadable) {
        String reason = unreadable.getMessage().replace(name + " ", "").replaceFirst("\\.$", "");
        skipped.add(new SkippedItem(name, reason));
        return Optional.empty();
      }
      try {
        byte[] changed = change.apply(name, file);
        int label = labels[image];
        return Optional.of(
            ClassExample.encode(
                name,
                changed,
                ImageHeader.read(ByteWindow.of(changed)),
                label,
                data.classNames().get(label)));
      } catch (ImageHeader.UnusableImageException unusable) {
        skipped.add(new SkippedItem(name, unusable.getMessage()));
        return Optional.empty();
      }
    }
  }
}
