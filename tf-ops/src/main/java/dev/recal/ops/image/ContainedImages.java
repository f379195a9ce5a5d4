package dev.recal.ops.image;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Finds the image files in a string that a model is given: the string itself, or the fields of a
 * protocol buffer such as {@code tf.train.Example}, at any depth that TensorFlow's messages have.
 *
 * <p>It reads the wire format only and skips unknown fields, like TensorFlow's parsers, so that no
 * file is hidden from it by a field that another parser would reject.
 */
public final class ContainedImages {

  // tf.train.SequenceExample: example, feature_lists, entry, list, feature, bytes_list, value.
  private static final int DEPTH = 8;
  // No image file is shorter.
  private static final int MIN_IMAGE_BYTES = 20;
  private static final int MAX_VARINT_BYTES = 10;
  private static final long INVALID = Long.MIN_VALUE;

  private final Consumer<ImageExtent> found;

  private ContainedImages(Consumer<ImageExtent> found) {
    this.found = found;
  }

  /** Reports each image file in a string. */
  public static void forEach(byte[] string, Consumer<ImageExtent> found) {
    new ContainedImages(found).read(ByteBuffer.wrap(string), 0);
  }

  private void read(ByteBuffer bytes, int depth) {
    if (bytes.remaining() < MIN_IMAGE_BYTES) {
      return;
    }
    ImageExtents.of(bytes).ifPresent(found);
    // A message may begin with a field that looks like a small image.
    if (depth < DEPTH) {
      fields(bytes.slice(), depth);
    }
  }

  // What is not a message ends at its first impossible field.
  private void fields(ByteBuffer message, int depth) {
    while (message.hasRemaining()) {
      long key = varint(message);
      if (key <= 0) {
        return;
      }
      long length =
          switch ((int) (key & 7)) {
            case 0 -> varint(message) == INVALID ? INVALID : 0;
            case 1 -> Long.BYTES;
            case 2 -> varint(message);
            // The fields of a group follow in sequence.
            case 3, 4 -> 0;
            case 5 -> Integer.BYTES;
            default -> INVALID;
          };
      if (length < 0 || length > message.remaining()) {
        return;
      }
      if ((key & 7) == 2) {
        read(message.slice(message.position(), (int) length), depth + 1);
      }
      message.position(message.position() + (int) length);
    }
  }

  // Negative numbers of ten bytes are legal values, but neither keys nor lengths.
  private static long varint(ByteBuffer message) {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES && message.hasRemaining(); i++) {
      byte next = message.get();
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value == INVALID ? INVALID + 1 : value;
      }
    }
    return INVALID;
  }
}
