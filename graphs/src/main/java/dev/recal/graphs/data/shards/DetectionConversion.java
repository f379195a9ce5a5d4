package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ItemFiles;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.records.TfRecordWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Writes a data set of images with objects as sharded TFRecord files in the form that the
 * TensorFlow Object Detection API and Model Garden read, and its label map as {@link
 * LabelMap#FILE}. Encoded images are copied unchanged, shuffled over all shards; decoded ones, and
 * those that are not stored upright, become PNG files.
 *
 * <p>Features of a record: {@code image/encoded}, {@code image/format}, {@code image/height},
 * {@code image/width}, {@code image/filename}, {@code image/source_id}, {@code image/key/sha256},
 * and for each object {@code image/object/bbox/{ymin,xmin,ymax,xmax}} as shares of the image,
 * {@code image/object/class/label} (from 1), {@code image/object/class/text}, {@code
 * image/object/is_crowd}, {@code image/object/area} (of the mask, or of the box of an object
 * without one) and, if objects have masks, {@code image/object/mask} (PNG files, 1 where the object
 * is).
 *
 * <p>Each shard is written under another name, read back with its checksums, and renamed; an
 * interrupted conversion resumes with the missing shards.
 *
 * @param data with {@link ObjectTargets}; not closed
 * @param sourceIds the numbers of images in their data set, by their names; an image without one
 *     gets its position, because Model Garden's evaluation needs a number
 * @param target the directory for the shards; created if absent
 * @param shards the number of files; 0 for files of about 128 MiB
 * @param seed the shuffle seed
 * @param threads the number of shards written in parallel, at least 1
 */
public record DetectionConversion(
    DataSet data, Map<String, Long> sourceIds, Path target, int shards, long seed, int threads) {

  /** The pattern of the shards' names. */
  public static final String PATTERN = "images-*.tfrecord";

  /** The file with the plan of a conversion. */
  public static final String PLAN = "detection-records.json";

  // Of a JPEG file of usual quality.
  private static final double BYTES_PER_PIXEL = 0.5;

  /** Rejects sets without objects, and counts below 1. */
  public DetectionConversion {
    Objects.requireNonNull(target, "target");
    sourceIds = Map.copyOf(sourceIds);
    if (!(data.targets() instanceof ObjectTargets)) {
      throw new IllegalArgumentException(
          "data: expected images with objects, but got " + data.targets().description() + ".");
    }
    if (shards < 0 || shards > data.count()) {
      throw new IllegalArgumentException(
          ("shards: expected from 0 to the number of images, " + data.count() + ", but got ")
              + (shards + "."));
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads: expected at least 1, but got " + threads + ".");
    }
  }

  /**
   * Writes the missing shards.
   *
   * @throws IllegalArgumentException if the target was started with other images or settings
   * @throws IOException if an image cannot be read or a file cannot be written; complete shards are
   *     kept
   */
  public RecordConversion.Summary run(RecordConversion.Progress progress) throws IOException {
    ShardPlan.requireUsable(target, PLAN);
    int files = shards == 0 ? ShardSizes.filesOf(data, BYTES_PER_PIXEL) : shards;
    ShardPlan plan =
        new ShardPlan(
            ShardPlan.FORMAT,
            data.count(),
            files,
            seed,
            data.digest(),
            data.classNames(),
            data.skipped());
    plan.begin(target, PLAN, plan);
    LabelMap.of(data.classNames()).write(target.resolve(LabelMap.FILE));
    ShardTotals totals = new ShardTotals(plan, progress);
    List<Callable<Path>> tasks = new ArrayList<>();
    try (ItemFiles images = new ItemFiles(data.images())) {
      for (int i = 0; i < files; i++) {
        int shard = i;
        Path file = plan.shardFile(target, shard);
        // A file has this name only if it is complete.
        if (Files.isRegularFile(file)) {
          totals.found(plan.members(shard).length, Files.size(file));
        } else {
          tasks.add(
              () -> {
                int[] members = plan.members(shard);
                write(file, members, images);
                totals.written(members.length, Files.size(file));
                return file;
              });
        }
      }
      ShardWorkers.run(threads, tasks);
    }
    return totals.summary();
  }

  private void write(Path file, int[] members, ItemFiles images) throws IOException {
    AtomicFiles.write(
        file,
        out -> {
          TfRecordWriter writer = new TfRecordWriter(out);
          for (int member : members) {
            writer.write(example(member, images.read(data.itemOf(member))));
          }
          writer.flush();
        });
    ShardWriter.check(file, members.length);
  }

  private byte[] example(int member, byte[] image) throws IOException {
    String name = data.itemName(member);
    try {
      return ObjectExample.encode(
          image,
          ImageHeader.read(ByteWindow.of(image)).format(),
          name,
          Long.toString(sourceIds.getOrDefault(name, (long) member)),
          ((ObjectTargets) data.targets()).objects(data.itemOf(member)),
          data.classNames());
    } catch (ImageHeader.UnusableImageException changed) {
      throw new IOException(name + " changed during the conversion: it " + changed.getMessage());
    }
  }
}
