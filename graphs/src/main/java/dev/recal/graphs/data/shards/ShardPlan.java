package dev.recal.graphs.data.shards;

import com.google.gson.GsonBuilder;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.items.FileContents;
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
 * @param digest of class names, and names, labels, sizes and contents of the images
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

  /**
   * Plans the shards of a folder.
   *
   * @param root of the folder
   */
  static ShardPlan of(Path root, FolderScan scan, int shards, long seed) {
    long[] contents =
        FileContents.checksums(
            scan.images().stream().map(image -> root.resolve(image.name())).toList(),
            scan.images().stream().mapToLong(Candidate::size).toArray());
    Digest digest = new Digest();
    digest.addAll(scan.classNames(), name -> name);
    for (int i = 0; i < contents.length; i++) {
      Candidate image = scan.images().get(i);
      digest.add(image.name()).add(image.label()).add(image.size()).add(contents[i]);
    }
    return new ShardPlan(
        FORMAT,
        scan.images().size(),
        shards,
        seed,
        digest.toHex(),
        scan.classNames(),
        scan.skipped());
  }

  /** Returns the plan as earlier versions wrote it, whose digest did not have the contents. */
  ShardPlan withoutContents(FolderScan scan) {
    Digest earlier = new Digest();
    earlier.addAll(scan.classNames(), name -> name);
    scan.images().forEach(c -> earlier.add(c.name()).add(c.label()).add(c.size()));
    return new ShardPlan(format, images, shards, seed, earlier.toHex(), classNames, skipped);
  }

  /**
   * Reads the plan of a directory.
   *
   * @throws IOException if there is none, or it is damaged; the message names the file
   */
  static ShardPlan read(Path directory) throws IOException {
    return read(directory, FILE);
  }

  /** {@link #read(Path)} of a plan stored under another name. */
  static ShardPlan read(Path directory, String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          directory
              + " contains no "
              + name
              + ", which 'recal records' writes next to its shards.");
    }
    try {
      return JsonRecords.sealed().read(JsonRecords.parse(TextFiles.read(file)), ShardPlan.class);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Rejects directories that are neither empty nor those of a conversion that was begun.
   *
   * @param name of the plan's file
   */
  static void requireUsable(Path directory, String name) throws IOException {
    if (Files.exists(directory.resolve(name))) {
      read(directory, name);
    } else if (Files.isDirectory(directory)) {
      try (var entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(
              directory + ": expected a new or empty directory, or one of an earlier conversion.");
        }
      }
    }
  }

  /**
   * Stores the plan, or compares it with the one that is stored.
   *
   * @param name of the file
   * @param earlier the same as an earlier version may have stored it
   * @throws IllegalArgumentException if the stored one is another
   */
  void begin(Path directory, String name, ShardPlan earlier) throws IOException {
    if (!Files.exists(directory.resolve(name))) {
      write(directory, name);
      return;
    }
    ShardPlan begun = read(directory, name);
    if (!begun.equals(this) && !begun.equals(earlier)) {
      throw new IllegalArgumentException(
          directory
              + ": expected "
              + begun.counts()
              + ", as the conversion was started, but got "
              + counts()
              + (begun.digest().equals(digest) ? "" : " and other content")
              + "; choose another directory, or remove that one.");
    }
  }

  private String counts() {
    return images + " images in " + shards + " shards with seed " + seed;
  }

  void write(Path directory) throws IOException {
    write(directory, FILE);
  }

  private void write(Path directory, String name) throws IOException {
    String text =
        new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create()
            .toJson(JsonRecords.sealed().write(this));
    AtomicFiles.write(directory.resolve(name), (text + "\n").getBytes(StandardCharsets.UTF_8));
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
