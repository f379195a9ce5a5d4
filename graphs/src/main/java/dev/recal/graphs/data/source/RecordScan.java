package dev.recal.graphs.data.source;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
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
import java.util.OptionalLong;
import java.util.zip.ZipException;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/** Reads all records of TFRecord files once to index them for a data set. */
final class RecordScan {
  /** Length, its checksum and that of the data. */
  private static final int RECORD_OVERHEAD = 16;

  private final TfRecords source;
  private final DataSetAssembly assembly;
  private final long memoryLimit;
  private final List<Path> paths;
  private final List<RecordFiles.Compression> compressions = new ArrayList<>();
  private final List<ScannedRecord> found = new ArrayList<>();
  private final boolean inMemory;
  private long bytes;

  /**
   * A usable record.
   *
   * @param offset its offset in its file
   * @param image its image, if records are kept in memory
   */
  record ScannedRecord(
      String name,
      int file,
      long offset,
      RecordLabels.Label label,
      int size,
      int checksum,
      ImageHeader header,
      Optional<byte[]> image) {}

  /**
   * Finds the files.
   *
   * @param assembly receives the records that cannot be used
   * @param memoryLimit for the images of compressed files
   */
  RecordScan(TfRecords source, DataSetAssembly assembly, long memoryLimit) throws IOException {
    this.source = source;
    this.assembly = assembly;
    this.memoryLimit = memoryLimit;
    this.paths = RecordFiles.find(source.files());
    for (Path path : paths) {
      compressions.add(RecordFiles.compression(path));
    }
    // A compressed file cannot be read by offset.
    this.inMemory = compressions.stream().anyMatch(c -> c != RecordFiles.Compression.NONE);
  }

  /** Reads the files. */
  List<ScannedRecord> run() throws IOException {
    for (int file = 0; file < paths.size(); file++) {
      List<SkippedItem> skipped = new ArrayList<>();
      boolean any = read(file, skipped);
      if (any || skipped.isEmpty()) {
        skipped.forEach(item -> assembly.skip(item.name(), item.reason()));
      } else {
        // Damage from the first byte to the last.
        assembly.skip(skipped.get(0).name(), "is not a TFRecord file, or a damaged one");
      }
    }
    return found;
  }

  /** Reads one file; returns whether it has intact records. */
  private boolean read(int file, List<SkippedItem> skipped) throws IOException {
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
          add(name, file, offset, data.get(), skipped);
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

  private void add(String name, int file, long offset, byte[] data, List<SkippedItem> skipped)
      throws IOException {
    try {
      ScannedRecord record = usable(name, file, offset, data);
      bytes += record.size();
      if (inMemory && bytes > memoryLimit) {
        throw new IllegalArgumentException(
            "files: expected compressed files whose images, which are kept in memory, take at most "
                + (memoryLimit + " bytes, but those of " + paths.get(0) + " … take more; ")
                + "decompress them, or raise the limit.");
      }
      found.add(record);
    } catch (InvalidProtocolBufferException e) {
      skipped.add(new SkippedItem(name, "is not a tf.train.Example"));
    } catch (ImageHeader.UnusableImageException e) {
      skipped.add(new SkippedItem(name, e.getMessage()));
    }
  }

  private ScannedRecord usable(String name, int file, long offset, byte[] data)
      throws IOException, ImageHeader.UnusableImageException {
    Map<String, Feature> features =
        UntrustedMessages.parse(Example.parser(), data).getFeatures().getFeatureMap();
    Feature image = features.getOrDefault(source.imageKey(), Feature.getDefaultInstance());
    if (image.getBytesList().getValueCount() != 1) {
      throw new ImageHeader.UnusableImageException("has no image in feature " + source.imageKey());
    }
    RecordLabels.Label label = label(features);
    byte[] encoded = image.getBytesList().getValue(0).toByteArray();
    return new ScannedRecord(
        name,
        file,
        offset,
        label,
        encoded.length,
        RecordChecksum.masked(encoded, 0, encoded.length),
        ImageHeader.read(ByteWindow.of(encoded)),
        inMemory ? Optional.of(encoded) : Optional.empty());
  }

  private RecordLabels.Label label(Map<String, Feature> features)
      throws ImageHeader.UnusableImageException {
    Feature label = features.getOrDefault(source.labelKey(), Feature.getDefaultInstance());
    String text = text(features.getOrDefault(source.textKey(), Feature.getDefaultInstance()));
    OptionalLong number =
        label.getInt64List().getValueCount() == 1
            ? OptionalLong.of(label.getInt64List().getValue(0))
            : OptionalLong.empty();
    if (number.isEmpty() && text.isEmpty()) {
      text = text(label);
    }
    if (number.isEmpty() && text.isEmpty()) {
      throw new ImageHeader.UnusableImageException(
          "has no integer and no text in feature " + source.labelKey());
    }
    return new RecordLabels.Label(number, text);
  }

  private static String text(Feature feature) {
    return feature.getBytesList().getValueCount() == 1
        ? feature.getBytesList().getValue(0).toStringUtf8()
        : "";
  }

  /** Access to the images of some records. */
  ByteStore store(List<Candidate> chosen) {
    List<ScannedRecord> records = chosen.stream().map(c -> found.get(c.handle())).toList();
    if (inMemory) {
      return ByteStore.Memory.of(records.stream().map(r -> r.image().orElseThrow()).toList());
    }
    return ByteStore.Records.of(
        paths,
        records.stream().mapToInt(ScannedRecord::file).toArray(),
        records.stream().mapToLong(ScannedRecord::offset).toArray(),
        source.imageKey());
  }
}
