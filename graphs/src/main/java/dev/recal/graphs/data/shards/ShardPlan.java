package dev.recal.graphs.data.shards;

import com.google.gson.GsonBuilder;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The planned contents of a directory of shards, stored with them as {@code records.json}.
 *
 * @param format of the directory; 1
 * @param images the number of images in all shards
 * @param shards the number of files
 * @param seed of their order
 * @param digest of class names, and names, labels and sizes of the images
 * @param classNames in the order of the labels
 * @param skipped the skipped files of the folder
 */
record ShardPlan(
    int format,
    int images,
    int shards,
    long seed,
    String digest,
    List<String> classNames,
    List<SkippedItem> skipped) {

  static final String FILE = "records.json";
  static final int FORMAT = 1;

  ShardPlan {
    Objects.requireNonNull(digest, "digest");
    classNames = List.copyOf(classNames);
    skipped = List.copyOf(skipped);
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "format: expected " + FORMAT + ", but got " + format + ".");
    }
    if (shards < 1 || images < shards) {
      throw new IllegalArgumentException(
          "shards: expected from 1 to the number of images, "
              + images
              + ", but got "
              + shards
              + ".");
    }
  }

  /** Plans the shards of a folder. */
  static ShardPlan of(FolderScan scan, int shards, long seed) {
    Digest digest = new Digest();
    digest.addAll(scan.classNames(), name -> name);
    scan.images().forEach(c -> digest.add(c.name()).add(c.label()).add(c.size()));
    return new ShardPlan(
        FORMAT,
        scan.images().size(),
        shards,
        seed,
        digest.toHex(),
        scan.classNames(),
        scan.skipped());
  }

  /**
   * Reads the plan of a directory.
   *
   * @throws IOException if there is none, or it is damaged; the message names the file
   */
  static ShardPlan read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          directory
              + " contains no "
              + FILE
              + ", which 'recal records' writes next to its shards.");
    }
    try {
      return JsonRecords.sealed().read(JsonRecords.parse(TextFiles.read(file)), ShardPlan.class);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  void write(Path directory) throws IOException {
    String text =
        new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(JsonRecords.sealed().write(this));
    AtomicFiles.write(directory.resolve(FILE), (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the images of a shard, in order: a part of one permutation of all images. */
  int[] members(int shard) {
    int[] order = new SplitMix64(SplitMix64.mix(seed, 0)).permutation(images);
    int from = (int) ((long) images * shard / shards);
    int to = (int) ((long) images * (shard + 1) / shards);
    return IntStream.range(from, to).map(i -> order[i]).toArray();
  }

  Path shardFile(Path directory, int shard) {
    return directory.resolve(name(shard) + ".tfrecord");
  }

  Path indexFile(Path directory, int shard) {
    return directory.resolve(name(shard) + ".index");
  }

  private String name(int shard) {
    return String.format(Locale.ROOT, "images-%05d-of-%05d", shard, shards);
  }
}
