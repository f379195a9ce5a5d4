package dev.recal.graphs.data.shards;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.files.DurableFiles;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.records.DamagedRecordException;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.TfRecordWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A shard that is written record by record, so that a process that stops in between loses one
 * record at most: the file grows as {@code NAME.part}, whose intact records the next process keeps.
 */
final class GrowingShard implements AutoCloseable {

  private static final String SUFFIX = ".part";

  private final Path file;
  private final Path part;
  private final FileChannel channel;
  private final TfRecordWriter writer;
  private final List<Stored> stored;

  /**
   * A record of the file.
   *
   * @param image its image, with the record's position as handle
   * @param offset of the record
   */
  private record Stored(Candidate image, long offset) {}

  private GrowingShard(Path file, Path part, FileChannel channel, List<Stored> stored) {
    this.file = file;
    this.part = part;
    this.channel = channel;
    this.stored = stored;
    this.writer = new TfRecordWriter(Channels.newOutputStream(channel));
  }

  /**
   * Opens a shard; what follows its last intact record is cut off.
   *
   * @param file of the complete shard
   * @throws IOException if it cannot be read or written, or another process writes it
   */
  static GrowingShard open(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + SUFFIX);
    FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      requireAlone(channel, part);
      List<Stored> stored = new ArrayList<>();
      long end = read(part, stored);
      channel.truncate(end).position(end);
      return new GrowingShard(file, part, channel, stored);
    } catch (IOException | RuntimeException | Error failure) {
      channel.close();
      throw failure;
    }
  }

  private static void requireAlone(FileChannel channel, Path part) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException sameProcess) {
      // Reported below.
    }
    throw new IOException("Another process is writing " + part + ".");
  }

  private static long read(Path part, List<Stored> stored) throws IOException {
    long end = 0;
    try (TfRecordReader reader = TfRecordReader.open(part)) {
      Optional<byte[]> record = reader.next();
      while (record.isPresent()) {
        stored.add(new Stored(candidate(part, record.get()), end));
        end = reader.offset();
        record = reader.next();
      }
    } catch (DamagedRecordException cut) {
      // The process stopped within this record.
    }
    return end;
  }

  private static Candidate candidate(Path part, byte[] record) throws IOException {
    try {
      return ClassExample.candidate(record);
    } catch (InvalidProtocolBufferException foreign) {
      throw new IOException(part + " is not a file of images with classes.", foreign);
    }
  }

  /** Returns how many records there are. */
  int count() {
    return stored.size();
  }

  /** Returns the name of a record's image. */
  String name(int record) {
    return stored.get(record).image().name();
  }

  /** Cuts off the records from this one on. */
  void cut(int first) throws IOException {
    long end = stored.get(first).offset();
    channel.truncate(end).position(end);
    stored.subList(first, stored.size()).clear();
  }

  /** Appends a record of {@link ClassExample}. */
  void append(byte[] record) throws IOException {
    try {
      long offset = channel.position();
      writer.write(record);
      writer.flush();
      stored.add(new Stored(candidate(part, record), offset));
    } catch (IOException failure) {
      throw FileFailures.writing(part, failure);
    }
  }

  /**
   * Completes the shard: writes its index, and gives the file its name.
   *
   * @return the bytes of the file
   * @throws IOException if that fails, or what is stored is not what was written
   */
  long complete(Path index) throws IOException {
    channel.force(true);
    List<Stored> found = new ArrayList<>();
    long end = read(part, found);
    if (!found.equals(stored) || end != channel.size()) {
      throw new IOException(part + " does not hold what was written to it.");
    }
    long[] offsets = stored.stream().mapToLong(Stored::offset).toArray();
    new ShardIndex(end, stored.stream().map(Stored::image).toList(), offsets).write(index);
    channel.close();
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    DurableFiles.syncDirectory(file.getParent());
    return end;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
