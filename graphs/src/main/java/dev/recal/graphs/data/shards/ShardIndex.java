package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.records.DamagedRecordException;
import dev.recal.ops.records.TfRecordReader;
import dev.recal.ops.records.TfRecordWriter;
import dev.recal.ops.records.UntrustedMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * The offsets and headers of the images of one shard, so that a set of a million images opens
 * without reading them. The file is a TFRecord file with one {@code tf.train.Example}, and
 * therefore has a checksum.
 *
 * @param bytes length of the shard's file
 * @param images in the order of the file
 * @param offsets the offset of the record of each image
 */
record ShardIndex(long bytes, List<Candidate> images, long[] offsets) {

  void write(Path file) throws IOException {
    byte[] example =
        new ExampleFeatures()
            .put("bytes", bytes)
            .put("offset", offsets)
            .put("label", images.stream().mapToLong(Candidate::label).toArray())
            .put("size", images.stream().mapToLong(Candidate::size).toArray())
            .put("checksum", images.stream().mapToLong(Candidate::checksum).toArray())
            .put("height", images.stream().mapToLong(c -> c.header().height()).toArray())
            .put("width", images.stream().mapToLong(c -> c.header().width()).toArray())
            .put("orientation", images.stream().mapToLong(c -> c.header().orientation()).toArray())
            .put("format", images.stream().map(c -> c.header().format().name()).toList())
            .put("name", images.stream().map(Candidate::name).toList())
            .toBytes();
    AtomicFiles.write(
        file,
        out -> {
          TfRecordWriter writer = new TfRecordWriter(out);
          writer.write(example);
          writer.flush();
        });
  }

  /** Reads the index of a shard, if both are complete. */
  static Optional<ShardIndex> ofComplete(Path file, Path shard) {
    try {
      ShardIndex index = read(file, 0);
      return Files.size(shard) == index.bytes() ? Optional.of(index) : Optional.empty();
    } catch (IOException missing) {
      return Optional.empty();
    }
  }

  /**
   * Reads an index.
   *
   * @param handle of the first image; the others follow
   * @throws IOException if it is missing or damaged; the message names the file
   */
  static ShardIndex read(Path file, int handle) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "There is no " + file + ": the conversion was not finished; run it again.");
    }
    try (TfRecordReader reader = TfRecordReader.open(file)) {
      byte[] record = reader.next().orElseThrow(() -> damaged(file, "it is empty"));
      Map<String, Feature> features =
          UntrustedMessages.parse(Example.parser(), record).getFeatures().getFeatureMap();
      return of(file, features, handle);
    } catch (DamagedRecordException e) {
      throw damaged(file, e.getMessage());
    }
  }

  private static ShardIndex of(Path file, Map<String, Feature> features, int handle)
      throws IOException {
    long[] bytes = ExampleFeatures.numbers(features, "bytes");
    long[] offsets = ExampleFeatures.numbers(features, "offset");
    long[] labels = ExampleFeatures.numbers(features, "label");
    long[] sizes = ExampleFeatures.numbers(features, "size");
    long[] checksums = ExampleFeatures.numbers(features, "checksum");
    long[] heights = ExampleFeatures.numbers(features, "height");
    long[] widths = ExampleFeatures.numbers(features, "width");
    long[] orientations = orientations(features, offsets.length);
    List<String> formats = ExampleFeatures.texts(features, "format");
    List<String> names = ExampleFeatures.texts(features, "name");
    int[] counts = {
      labels.length,
      sizes.length,
      checksums.length,
      heights.length,
      widths.length,
      orientations.length,
      formats.size(),
      names.size()
    };
    if (bytes.length != 1 || Arrays.stream(counts).anyMatch(count -> count != offsets.length)) {
      throw damaged(file, "its columns differ in length");
    }
    List<Candidate> images = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      ImageHeader header =
          new ImageHeader(
              ImageHeader.Format.valueOf(formats.get(i)),
              (int) heights[i],
              (int) widths[i],
              (int) orientations[i]);
      images.add(
          new Candidate(names.get(i), (int) labels[i], sizes[i], checksums[i], header, handle + i));
    }
    return new ShardIndex(bytes[0], List.copyOf(images), offsets);
  }

  // Older indices have none; their images are read as they are stored.
  private static long[] orientations(Map<String, Feature> features, int images) {
    long[] orientations = ExampleFeatures.numbers(features, "orientation");
    if (orientations.length == 0) {
      orientations = new long[images];
      Arrays.fill(orientations, 1);
    }
    return orientations;
  }

  private static IOException damaged(Path file, String why) {
    return new IOException(file + " is damaged: " + why);
  }
}
