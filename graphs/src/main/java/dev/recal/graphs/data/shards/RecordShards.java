package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A directory of TFRecord shards with their indices, as {@link RecordConversion} writes it. Opening
 * reads the indices only; images are then read by their offset in any order, as with {@link
 * dev.recal.graphs.data.source.TfRecords}.
 *
 * @param directory of the shards
 */
public record RecordShards(Path directory) implements DataSource {

  /** Rejects a missing directory. */
  public RecordShards {
    Objects.requireNonNull(directory, "directory");
  }

  /** Whether a directory was written, or begun, by a {@link RecordConversion}. */
  public static boolean isAt(Path directory) {
    return Files.exists(directory.resolve(ShardPlan.FILE));
  }

  /**
   * Returns the number of the shards' files.
   *
   * @throws IOException if the directory has no plan of them
   */
  public int files() throws IOException {
    return ShardPlan.read(directory).shards();
  }

  @Override
  public DataSource at(Path base) {
    return new RecordShards(base.resolve(directory).toAbsolutePath().normalize());
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "directory: expected a directory of shards, but "
              + (directory + (Files.exists(directory) ? " is a file." : " does not exist.")));
    }
    ShardPlan plan = ShardPlan.read(directory);
    List<Path> files = new ArrayList<>();
    List<Candidate> images = new ArrayList<>();
    int[] shardOf = new int[plan.images()];
    long[] offsets = new long[plan.images()];
    for (int shard = 0; shard < plan.shards(); shard++) {
      Path file = plan.shardFile(directory, shard);
      ShardIndex index = ShardIndex.read(plan.indexFile(directory, shard), images.size());
      requireComplete(file, index, plan.images() - images.size());
      files.add(file);
      for (int i = 0; i < index.offsets().length; i++) {
        shardOf[images.size()] = shard;
        offsets[images.size()] = index.offsets()[i];
        images.add(index.images().get(i));
      }
    }
    DataSetAssembly assembly = new DataSetAssembly(directory.toString(), settings);
    return assembly.encoded(
        plan.classNames(),
        images,
        chosen ->
            ByteStore.Records.of(
                files,
                chosen.stream().mapToInt(c -> shardOf[c.handle()]).toArray(),
                chosen.stream().mapToLong(c -> offsets[c.handle()]).toArray(),
                ClassExample.IMAGE));
  }

  private static void requireComplete(Path file, ShardIndex index, int room) throws IOException {
    long found = Files.isRegularFile(file) ? Files.size(file) : 0;
    if (found != index.bytes()) {
      throw new IOException(
          file
              + ": expected "
              + index.bytes()
              + " bytes according to its index, but got "
              + found
              + "; it was truncated, or is another file.");
    }
    if (index.images().size() > room) {
      throw new IOException(
          "The index of " + file + " lists more images than " + ShardPlan.FILE + " counts.");
    }
  }
}
