package dev.recal.graphs.data.shards;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.records.RecordChecksum;
import dev.recal.ops.records.UntrustedMessages;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * An image with one class as a {@code tf.train.Example}, with the names that TensorFlow's own
 * ImageNet records have.
 */
final class ClassExample {

  static final String IMAGE = "image/encoded";
  private static final String NAME = "image/filename";
  private static final String LABEL = "image/class/label";

  private ClassExample() {}

  /**
   * Encodes an image.
   *
   * @param header of the encoded image
   */
  static byte[] encode(String name, byte[] image, ImageHeader header, int label, String className) {
    return new ExampleFeatures()
        .put(IMAGE, image)
        .put("image/format", header.format().name())
        .put("image/height", header.storedHeight())
        .put("image/width", header.storedWidth())
        .put(NAME, name)
        .put(LABEL, label)
        .put("image/class/text", className)
        .toBytes();
  }

  /**
   * Reads a record that {@link #encode} wrote.
   *
   * @throws InvalidProtocolBufferException if it is another one
   * @throws IOException if its image is not one
   */
  static Candidate candidate(byte[] record) throws IOException {
    Map<String, Feature> features =
        UntrustedMessages.parse(Example.parser(), record).getFeatures().getFeatureMap();
    List<ByteString> images = ExampleFeatures.files(features, IMAGE);
    List<String> names = ExampleFeatures.texts(features, NAME);
    long[] labels = ExampleFeatures.numbers(features, LABEL);
    if (images.size() != 1 || names.size() != 1 || labels.length != 1) {
      throw new InvalidProtocolBufferException("The record is not of an image with one class.");
    }
    byte[] image = images.get(0).toByteArray();
    try {
      ImageHeader header = ImageHeader.read(ByteWindow.of(image));
      long checksum = RecordChecksum.masked(image, 0, image.length);
      return new Candidate(names.get(0), (int) labels[0], image.length, checksum, header, 0);
    } catch (ImageHeader.UnusableImageException damaged) {
      throw new IOException(names.get(0) + " " + damaged.getMessage() + ".", damaged);
    }
  }
}
