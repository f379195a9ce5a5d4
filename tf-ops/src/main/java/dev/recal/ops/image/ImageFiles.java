package dev.recal.ops.image;

import dev.recal.ops.GraphScope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StatelessIf;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Decodes a file whose format is detected from its first bytes: JPEG (grey, colour, CMYK;
 * progressive too), PNG (of any kind; 16 bits become 8, transparency is dropped), the first frame
 * of a GIF, and uncompressed BMP of 8 bits with a palette, 24 or 32 bits. All others fail in the
 * decoding operation: BMP of other depths or with compression, WebP, TIFF, HEIC. The orientation in
 * EXIF data is ignored.
 *
 * <p>TensorFlow's {@code DecodeImage} does most of this since 2.3. The operations used here already
 * exist in 1.15, where {@code DecodeJpeg} also decodes PNG, but neither BMP nor animations.
 */
final class ImageFiles {

  private static final int BMP_PIXELS_AT = 10;
  private static final int BMP_HEADER_AT = 14;
  private static final int BMP_DEPTH_AT = 28;
  private static final int MIN_BMP_HEADER_BYTES = 40;
  private static final int UNCOMPRESSED = 0;
  private static final int CHANNELS_BY_MASK = 3;
  private static final int BYTES_PER_COLOUR = 4;

  private ImageFiles() {}

  /**
   * Adds the decoding.
   *
   * @param bytes a scalar
   * @return (height, width, 3)
   */
  static Operand<TUint8> decode(Ops tf, Operand<TString> bytes) {
    return choose(
        tf,
        begins(tf, bytes, "GIF"),
        bytes,
        ImageFiles::firstFrame,
        (other, file) ->
            choose(
                other, begins(other, file, "BM"), file, ImageFiles::decodeBmp, Images::decodeJpeg));
  }

  private static Operand<TUint8> firstFrame(Ops tf, Operand<TString> gif) {
    return tf.gather(tf.image.decodeGif(gif), tf.constant(0), tf.constant(0));
  }

  // Files that TensorFlow would misread go to the decoder of the other formats, which rejects them.
  private static Operand<TUint8> decodeBmp(Ops tf, Operand<TString> file) {
    Operand<TBool> colours =
        tf.math.logicalOr(
            isBmp(tf, file, 24, UNCOMPRESSED),
            tf.math.logicalOr(
                isBmp(tf, file, 32, UNCOMPRESSED), isBmp(tf, file, 32, CHANNELS_BY_MASK)));
    return choose(
        tf,
        colours,
        file,
        ImageFiles::bmpOfColours,
        (inner, bmp) ->
            choose(
                inner,
                isBmp(inner, bmp, 8, UNCOMPRESSED),
                bmp,
                ImageFiles::bmpOfPalette,
                Images::decodeJpeg));
  }

  private static Operand<TUint8> bmpOfColours(Ops tf, Operand<TString> bmp) {
    Operand<TUint8> image = tf.image.decodeBmp(bmp);
    return tf.slice(image, tf.constant(new int[3]), tf.constant(new int[] {-1, -1, 3}));
  }

  // TensorFlow would read palette indices as grey values.
  private static Operand<TUint8> bmpOfPalette(Ops tf, Operand<TString> bmp) {
    Operand<TInt32> numbers = tf.dtypes.cast(tf.image.decodeBmp(bmp), TInt32.class);
    Operand<TInt32> start = tf.math.add(number(tf, bmp, BMP_HEADER_AT), tf.constant(BMP_HEADER_AT));
    Operand<TInt32> length = tf.math.sub(number(tf, bmp, BMP_PIXELS_AT), start);
    Operand<TUint8> palette =
        tf.reshape(
            tf.io.decodeRaw(tf.strings.substr(bmp, start, length), TUint8.class),
            tf.constant(new int[] {-1, BYTES_PER_COLOUR}));
    Operand<TUint8> colours =
        tf.gather(palette, tf.squeeze(numbers, Squeeze.axis(List.of(2L))), tf.constant(0));
    return tf.gather(colours, tf.constant(new int[] {2, 1, 0}), tf.constant(2));
  }

  private static Operand<TBool> begins(Ops tf, Operand<TString> file, String magic) {
    return tf.math.equal(
        tf.strings.substr(file, tf.constant(0), tf.constant(magic.length())), tf.constant(magic));
  }

  // Depth and compression are adjacent in the header, which is shorter in OS/2 files.
  private static Operand<TBool> isBmp(Ops tf, Operand<TString> file, int depth, int compression) {
    byte[] expected = {(byte) depth, 0, (byte) compression, 0, 0, 0};
    Operand<TString> found =
        tf.strings.substr(file, tf.constant(BMP_DEPTH_AT), tf.constant(expected.length));
    return tf.math.logicalAnd(
        tf.math.equal(found, tf.constant(new String(expected, StandardCharsets.US_ASCII))),
        tf.math.greaterEqual(number(tf, file, BMP_HEADER_AT), tf.constant(MIN_BMP_HEADER_BYTES)));
  }

  private static Operand<TInt32> number(Ops tf, Operand<TString> file, int position) {
    return tf.gather(
        tf.io.decodeRaw(
            tf.strings.substr(file, tf.constant(position), tf.constant(Integer.BYTES)),
            TInt32.class),
        tf.constant(0),
        tf.constant(0));
  }

  /** A conditional of which only the chosen branch runs; each branch is a separate function. */
  private static Operand<TUint8> choose(
      Ops tf,
      Operand<TBool> condition,
      Operand<TString> file,
      BiFunction<Ops, Operand<TString>, Operand<TUint8>> one,
      BiFunction<Ops, Operand<TString>, Operand<TUint8>> other) {
    try (ConcreteFunction first = function(one);
        ConcreteFunction second = function(other)) {
      StatelessIf chosen =
          StatelessIf.create(
              tf.scope(), condition, List.of(file), List.of(TUint8.class), first, second);
      return Images.pixels(chosen.output().get(0));
    }
  }

  private static ConcreteFunction function(
      BiFunction<Ops, Operand<TString>, Operand<TUint8>> decoding) {
    return ConcreteFunction.create(
        plain -> {
          Ops tf = GraphScope.named(plain);
          Placeholder<TString> file =
              tf.withName("file").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
          return Signature.builder("decode")
              .input("file", file)
              .output("image", decoding.apply(tf, file))
              .build();
        });
  }
}
