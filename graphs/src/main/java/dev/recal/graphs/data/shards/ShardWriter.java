package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.records.RecordChecksum;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.TfRecordWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes single shards with their indices. Thread-safe.
 *
 * @param images the folder that the scan is of
 * @param target directory of the shards
 */
record ShardWriter(Path images, Path target, FolderScan scan) {

  ShardIndex write(ShardPlan plan, int shard) throws IOException {
    Path file = plan.shardFile(target, shard);
    List<Candidate> written = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    int[] members = plan.members(shard);
    AtomicFiles.write(
        file,
        out -> {
          CountingOutput counted = new CountingOutput(out);
          TfRecordWriter writer = new TfRecordWriter(counted);
          for (int member : members) {
            Candidate image = scan.images().get(member);
            byte[] encoded = converted(image, read(image));
            offsets.add(counted.count);
            written.add(withChecksum(image, encoded));
            writer.write(example(image, encoded));
            writer.flush();
          }
        });
    check(file, written.size());
    long[] places = offsets.stream().mapToLong(Long::longValue).toArray();
    ShardIndex index = new ShardIndex(Files.size(file), List.copyOf(written), places);
    index.write(plan.indexFile(target, shard));
    return index;
  }

  private byte[] read(Candidate image) throws IOException {
    Path file = images.resolve(image.name());
    byte[] encoded = FileBytes.read(file);
    if (encoded.length != image.size()) {
      throw new IOException(
          (file + " changed during the conversion: it had " + image.size() + " bytes and has ")
              + (encoded.length + "."));
    }
    return encoded;
  }

  private byte[] converted(Candidate image, byte[] file) throws IOException {
    try {
      return ServableImage.converted(file);
    } catch (ImageHeader.UnusableImageException changed) {
      throw new IOException(
          images.resolve(image.name())
              + " changed during the conversion: it "
              + changed.getMessage()
              + ".");
    }
  }

  private static Candidate withChecksum(Candidate image, byte[] encoded) {
    return new Candidate(
        image.name(),
        image.label(),
        image.size(),
        RecordChecksum.masked(encoded, 0, encoded.length),
        image.header(),
        image.handle());
  }

  private byte[] example(Candidate image, byte[] encoded) {
    return ClassExample.encode(
        image.name(), encoded, image.header(), image.label(), scan.classNames().get(image.label()));
  }

  // Training will read the file from disk, so this verifies what is stored there.
  static void check(Path file, int records) throws IOException {
    try (TfRecordReader reader = TfRecordReader.open(file)) {
      while (reader.next().isPresent()) {
        // The reader compares the checksums.
      }
      if (reader.records() != records) {
        throw new IOException(
            file + ": expected " + records + " records, but got " + reader.records() + ".");
      }
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Counts the bytes written, which is the offset of the next record once the writer is flushed.
   */
  private static final class CountingOutput extends OutputStream {
    private final OutputStream out;
    private long count;

    CountingOutput(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      count += length;
    }
  }
}
