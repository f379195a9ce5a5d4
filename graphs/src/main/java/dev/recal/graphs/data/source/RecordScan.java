package dev.recal.graphs.data.source;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.shards.ShardWorkers;
import dev.recal.ops.records.DamagedRecordException;
import dev.recal.ops.records.RecordChecksum;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.UntrustedMessages;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * Reads all records of TFRecord files once to index them for a data set, several files at a time.
 *
 * @param <T> what is kept of a record beside its image
 */
final class RecordScan<T> {
  /** Length, its checksum and that of the data. */
  private static final int RECORD_OVERHEAD = 16;

  private final String imageKey;
  private final Contents<T> contents;
  private final DataSetAssembly assembly;
  private final long memoryLimit;
  private final List<Path> paths;
  private final List<RecordFiles.Compression> compressions = new ArrayList<>();
  private final List<ScannedRecord<T>> found = new ArrayList<>();
  private final boolean inMemory;
  private final AtomicLong bytes = new AtomicLong();

  /** Takes out of a record what is kept; called from several threads. */
  @FunctionalInterface
  interface Contents<T> {
    /**
     * Reads.
     *
     * @throws ImageHeader.UnusableImageException if the record cannot be used; the message is the
     *     end of a sentence that begins with its name
     */
    T read(Map<String, Feature> features, ImageHeader header)
        throws ImageHeader.UnusableImageException;
  }

  /**
   * A usable record.
   *
   * @param offset its offset in its file
   * @param image its image, if records are kept in memory
   */
  record ScannedRecord<T>(
      String name,
      int file,
      long offset,
      T contents,
      int size,
      int checksum,
      ImageHeader header,
      Optional<byte[]> image) {

    /** Returns the record as a candidate. */
    Candidate candidate(int label, int handle) {
      return new Candidate(name, label, size, checksum, header, handle);
    }
  }

  /**
   * The records of one file.
   *
   * @param intact whether it has intact records
   */
  private record ScannedFile<T>(
      List<ScannedRecord<T>> records, List<SkippedItem> skipped, boolean intact) {}

  /**
   * Finds the files.
   *
   * @param files or patterns
   * @param imageKey feature with the encoded image
   * @param assembly receives the records that cannot be used
   * @param memoryLimit for the images of compressed files
   */
  RecordScan(
      List<Path> files,
      String imageKey,
      Contents<T> contents,
      DataSetAssembly assembly,
      long memoryLimit)
      throws IOException {
    this.imageKey = imageKey;
    this.contents = contents;
    this.assembly = assembly;
    this.memoryLimit = memoryLimit;
    this.paths = RecordFiles.find(files);
    for (Path path : paths) {
      compressions.add(RecordFiles.compression(path));
    }
    // A compressed file cannot be read by offset.
    this.inMemory = compressions.stream().anyMatch(c -> c != RecordFiles.Compression.NONE);
  }

  /** Reads the files. */
  List<ScannedRecord<T>> run() throws IOException {
    List<Callable<ScannedFile<T>>> tasks = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      int file = i;
      tasks.add(() -> read(file));
    }
    int threads = Math.min(paths.size(), Runtime.getRuntime().availableProcessors());
    for (ScannedFile<T> file : ShardWorkers.run(threads, tasks)) {
      found.addAll(file.records());
      List<SkippedItem> skipped = file.skipped();
      if (file.intact() || skipped.isEmpty()) {
        assembly.skipAll(skipped);
      } else {
        // Damage from the first byte to the last.
        assembly.skip(skipped.get(0).name(), "is not a TFRecord file, or a damaged one");
      }
    }
    return found;
  }

  private ScannedFile<T> read(int file) throws IOException {
    List<ScannedRecord<T>> records = new ArrayList<>();
    List<SkippedItem> skipped = new ArrayList<>();
    boolean intact = read(file, records, skipped);
    return new ScannedFile<>(records, skipped, intact);
  }

  private boolean read(int file, List<ScannedRecord<T>> good, List<SkippedItem> skipped)
      throws IOException {
    Path path = paths.get(file);
    boolean any = false;
    int index = 0;
    try (TfRecordReader records = RecordFiles.open(path, compressions.get(file))) {
      while (true) {
        String name = path.getFileName() + "#" + index++;
        try {
          Optional<byte[]> data = records.next();
          if (data.isEmpty()) {
            return any;
          }
          any = true;
          // The reader may have looked for the record behind a damaged one.
          long offset = records.offset() - data.get().length - RECORD_OVERHEAD;
          add(name, file, offset, data.get(), good, skipped);
        } catch (DamagedRecordException e) {
          skipped.add(new SkippedItem(name, reason(e)));
          if (e.truncated()) {
            return any || e.offset() > 0;
          }
        }
      }
    } catch (EOFException | ZipException e) {
      skipped.add(
          new SkippedItem(
              path.getFileName() + "#" + Math.max(0, index - 1),
              "is in a damaged part of a compressed file; the rest of the file cannot be read"));
      return true;
    }
  }

  private static String reason(DamagedRecordException damaged) {
    String at = " (at byte " + damaged.offset() + ")";
    return damaged.truncated()
        ? "is truncated" + at + "; the rest of the file cannot be read"
        : "has data that does not match its checksum" + at;
  }

  private void add(
      String name,
      int file,
      long offset,
      byte[] data,
      List<ScannedRecord<T>> good,
      List<SkippedItem> skipped)
      throws IOException {
    try {
      ScannedRecord<T> record = usable(name, file, offset, data);
      if (bytes.addAndGet(record.size()) > memoryLimit && inMemory) {
        throw new IllegalArgumentException(
            "files: expected compressed files whose images, which are kept in memory, take at most "
                + (memoryLimit + " bytes, but those of " + paths.get(0) + " … take more; ")
                + "decompress them, or raise the limit.");
      }
      good.add(record);
    } catch (InvalidProtocolBufferException e) {
      skipped.add(new SkippedItem(name, "is not a tf.train.Example"));
    } catch (ImageHeader.UnusableImageException e) {
      skipped.add(new SkippedItem(name, e.getMessage()));
    }
  }

  private ScannedRecord<T> usable(String name, int file, long offset, byte[] data)
      throws IOException, ImageHeader.UnusableImageException {
    Map<String, Feature> features =
        UntrustedMessages.parse(Example.parser(), data).getFeatures().getFeatureMap();
    Feature image = features.getOrDefault(imageKey, Feature.getDefaultInstance());
    if (image.getBytesList().getValueCount() != 1) {
      throw new ImageHeader.UnusableImageException("has no image in feature " + imageKey);
    }
    byte[] encoded = image.getBytesList().getValue(0).toByteArray();
    ImageHeader header = ImageHeader.read(ByteWindow.of(encoded));
    return new ScannedRecord<>(
        name,
        file,
        offset,
        contents.read(features, header),
        encoded.length,
        RecordChecksum.masked(encoded, 0, encoded.length),
        header,
        inMemory ? Optional.of(encoded) : Optional.empty());
  }

  /** Access to the images of some records. */
  ByteStore store(List<Candidate> chosen) {
    List<ScannedRecord<T>> records = chosen.stream().map(c -> found.get(c.handle())).toList();
    if (inMemory) {
      return ByteStore.Memory.of(records.stream().map(r -> r.image().orElseThrow()).toList());
    }
    return ByteStore.Records.of(
        paths,
        records.stream().mapToInt(ScannedRecord::file).toArray(),
        records.stream().mapToLong(ScannedRecord::offset).toArray(),
        imageKey);
  }
}
