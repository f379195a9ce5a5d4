package dev.recal.graphs.data.source;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.records.DamagedRecordException;
import dev.recal.ops.records.ForeignMessages;
import dev.recal.ops.records.RecordChecksum;
import dev.recal.ops.records.TfRecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * TFRecord files of {@code tf.train.Example}, uncompressed. Opening reads them once and stores the
 * offset of each record; afterwards TensorFlow reads single records by offset, so that the set can
 * be shuffled and resumed like any other.
 *
 * <p>Labels are integers of any range, sorted. Classes are named by the text feature, if each label
 * has a distinct text, and by the integers otherwise.
 *
 * @param files in the order in which they are read
 * @param imageKey feature with the encoded image
 * @param labelKey feature with the label
 * @param textKey feature with the class name; optional in the records
 */
public record TfRecords(List<Path> files, String imageKey, String labelKey, String textKey)
    implements DataSource {

  public TfRecords {
    files = List.copyOf(files);
    Objects.requireNonNull(imageKey, "imageKey");
    Objects.requireNonNull(labelKey, "labelKey");
    Objects.requireNonNull(textKey, "textKey");
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files: expected at least one file, but got none.");
    }
  }

  /** Files with the usual features image/encoded, image/class/label and image/class/text. */
  public TfRecords(List<Path> files) {
    this(files, "image/encoded", "image/class/label", "image/class/text");
  }

  @Override
  public DataSource at(Path base) {
    return new TfRecords(
        files.stream().map(file -> base.resolve(file).toAbsolutePath().normalize()).toList(),
        imageKey,
        labelKey,
        textKey);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    String name = files.size() == 1 ? files.get(0).toString() : files.get(0) + " …";
    DataSetAssembly assembly = new DataSetAssembly(name, settings);
    List<Found> found = new ArrayList<>();
    for (int file = 0; file < files.size(); file++) {
      if (!Files.isRegularFile(files.get(file))) {
        throw new IllegalArgumentException(
            "files: expected TFRecord files, but " + files.get(file) + " is not a file.");
      }
      scan(file, assembly, found);
    }
    List<Long> values = List.copyOf(new TreeSet<>(found.stream().map(Found::label).toList()));
    Map<Long, Integer> positions = new HashMap<>();
    values.forEach(value -> positions.put(value, positions.size()));
    List<Candidate> candidates = new ArrayList<>();
    for (Found record : found) {
      candidates.add(
          new Candidate(
              record.name(),
              positions.get(record.label()),
              record.size(),
              record.checksum(),
              record.header(),
              candidates.size()));
    }
    return assembly.encoded(classNames(values, found), candidates, chosen -> store(chosen, found));
  }

  /** A usable record and its offset. */
  private record Found(
      String name,
      int file,
      long offset,
      long label,
      String text,
      int size,
      int checksum,
      ImageHeader header) {}

  private void scan(int file, DataSetAssembly assembly, List<Found> found) throws IOException {
    Path path = files.get(file);
    int index = 0;
    try (TfRecordReader records = TfRecordReader.open(path)) {
      while (true) {
        long offset = records.offset();
        Optional<byte[]> data = records.next();
        if (data.isEmpty()) {
          return;
        }
        String name = path.getFileName() + "#" + index++;
        try {
          found.add(usable(name, file, offset, data.get()));
        } catch (InvalidProtocolBufferException e) {
          assembly.skip(name, "is not a tf.train.Example (" + e.getMessage() + ")");
        } catch (ImageHeader.UnusableImageException e) {
          assembly.skip(name, e.getMessage());
        }
      }
    } catch (DamagedRecordException e) {
      assembly.skip(
          path.getFileName() + "#" + index,
          reason(e) + " (at byte " + e.offset() + "); what follows in the file is lost");
    }
  }

  private static String reason(DamagedRecordException damaged) {
    if (damaged.truncated()) {
      return "is truncated";
    }
    return damaged.offset() == 0
        ? "is not a TFRecord file, or a compressed or damaged one"
        : "has data that does not match its checksum";
  }

  private Found usable(String name, int file, long offset, byte[] data)
      throws IOException, ImageHeader.UnusableImageException {
    Map<String, Feature> features =
        ForeignMessages.parse(Example.parser(), data).getFeatures().getFeatureMap();
    Feature image = features.getOrDefault(imageKey, Feature.getDefaultInstance());
    Feature label = features.getOrDefault(labelKey, Feature.getDefaultInstance());
    if (image.getBytesList().getValueCount() != 1) {
      throw new ImageHeader.UnusableImageException("has no image in feature " + imageKey);
    }
    if (label.getInt64List().getValueCount() != 1) {
      throw new ImageHeader.UnusableImageException("has no integer in feature " + labelKey);
    }
    byte[] encoded = image.getBytesList().getValue(0).toByteArray();
    Feature text = features.getOrDefault(textKey, Feature.getDefaultInstance());
    return new Found(
        name,
        file,
        offset,
        label.getInt64List().getValue(0),
        text.getBytesList().getValueCount() == 1
            ? text.getBytesList().getValue(0).toStringUtf8()
            : "",
        encoded.length,
        RecordChecksum.masked(encoded, 0, encoded.length),
        ImageHeader.read(ByteWindow.of(encoded)));
  }

  private static List<String> classNames(List<Long> values, List<Found> found) {
    Map<Long, Set<String>> texts = new HashMap<>();
    found.forEach(r -> texts.computeIfAbsent(r.label(), x -> new HashSet<>()).add(r.text()));
    List<String> names = new ArrayList<>();
    for (Long value : values) {
      names.add(texts.get(value).size() == 1 ? texts.get(value).iterator().next() : "");
    }
    boolean distinct = new HashSet<>(names).size() == names.size() && !names.contains("");
    return distinct ? names : values.stream().map(String::valueOf).toList();
  }

  private ByteStore store(List<Candidate> chosen, List<Found> found) {
    List<Found> records = chosen.stream().map(c -> found.get(c.handle())).toList();
    return ByteStore.Records.of(
        files,
        records.stream().mapToInt(Found::file).toArray(),
        records.stream().mapToLong(Found::offset).toArray(),
        imageKey);
  }
}
