package dev.recal.ops.image;

import dev.recal.ops.GraphScope;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.MapDefun;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Decoding and resizing. Resizing is bilinear with antialiasing, as in Pillow and torchvision: a
 * triangle as wide as the reduction, pixel centres at halves, the result rounded to 0–255.
 *
 * <p>Pipelines and served graphs share it, so that a served model gets the same pixels as in
 * evaluation.
 */
public final class Images {

  /** libjpeg's accurate inverse transform, which Pillow also uses. */
  public static final String DCT_METHOD = "INTEGER_ACCURATE";

  private Images() {}

  /**
   * Decodes a JPEG or PNG file to red, green and blue; grey and CMYK are converted, transparency is
   * dropped. Despite its name the op also decodes PNG, and every TensorFlow has it.
   *
   * @param bytes a scalar
   * @return (height, width, 3)
   */
  public static Operand<TUint8> decodeJpeg(Ops tf, Operand<TString> bytes) {
    return tf.image.decodeJpeg(bytes, DecodeJpeg.channels(3L), DecodeJpeg.dctMethod(DCT_METHOD));
  }

  /**
   * Decodes one file inside an inference graph, at its own size.
   *
   * @param bytes a file of the formats of {@link ImageFiles}, a scalar
   * @return (1, height, width, 3) in 0–1
   */
  public static Operand<TFloat32> decodeOne(Ops tf, Operand<TString> bytes) {
    return toFloats(tf, tf.expandDims(ImageFiles.decode(tf, bytes), tf.constant(0)));
  }

  /**
   * Decodes a batch of any size inside an inference graph; the files are decoded in parallel.
   *
   * @param bytes files of the formats of {@link ImageFiles}, which may differ in size, (N)
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @param preparation converts one image to that size
   * @return (N, height, width, 3) in 0–1
   */
  public static Operand<TFloat32> decodeBatch(
      Ops tf,
      Operand<TString> bytes,
      int height,
      int width,
      BiFunction<Ops, Operand<TUint8>, Operand<TUint8>> preparation) {
    Shape shape = Shape.of(height, width, 3);
    try (ConcreteFunction one =
        ConcreteFunction.create(
            inner -> decodeOne(GraphScope.named(inner), preparation, Optional.empty()))) {
      MapDefun images =
          MapDefun.create(
              tf.scope(), List.of(bytes), List.of(), List.of(TUint8.class), List.of(shape), one);
      return toFloats(tf, pixels(images.output().get(0)));
    }
  }

  /**
   * Images that were brought to one size with padding.
   *
   * @param images (N, height, width, 3) in 0–1
   * @param sizes height and width of each image without its padding, in pixels, (N, 2)
   * @param originals height and width of each upright image in its file, in pixels, (N, 2)
   */
  public record SizedBatch(
      Operand<TFloat32> images, Operand<TFloat32> sizes, Operand<TFloat32> originals) {}

  /**
   * Decodes a batch like {@link #decodeBatch}, and returns how large the images are.
   *
   * @param bytes files of the formats of {@link ImageFiles}, which may differ in size, (N)
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @param preparation converts one image to that size
   * @param size from the height and width of an image, (2), to those of its part of the result, (2)
   */
  public static SizedBatch decodeSizedBatch(
      Ops tf,
      Operand<TString> bytes,
      int height,
      int width,
      BiFunction<Ops, Operand<TUint8>, Operand<TUint8>> preparation,
      BiFunction<Ops, Operand<TInt32>, Operand<TInt32>> size) {
    Shape two = Shape.of(2);
    try (ConcreteFunction one =
        ConcreteFunction.create(
            inner -> decodeOne(GraphScope.named(inner), preparation, Optional.of(size)))) {
      MapDefun decoded =
          MapDefun.create(
              tf.scope(),
              List.of(bytes),
              List.of(),
              List.of(TUint8.class, TFloat32.class, TFloat32.class),
              List.of(Shape.of(height, width, 3), two, two),
              one);
      return new SizedBatch(
          toFloats(tf, pixels(decoded.output().get(0))),
          numbers(decoded.output().get(1)),
          numbers(decoded.output().get(2)));
    }
  }

  private static Signature decodeOne(
      Ops tf,
      BiFunction<Ops, Operand<TUint8>, Operand<TUint8>> preparation,
      Optional<BiFunction<Ops, Operand<TInt32>, Operand<TInt32>>> size) {
    Placeholder<TString> bytes =
        tf.withName("bytes").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    Operand<TUint8> stored = ImageFiles.decode(tf, bytes);
    Signature.Builder signature =
        Signature.builder("decode")
            .input("bytes", bytes)
            .output("image", preparation.apply(tf, stored));
    if (size.isPresent()) {
      Operand<TInt32> sides = sides(tf, stored);
      signature.output("size", tf.dtypes.cast(size.get().apply(tf, sides), TFloat32.class));
      signature.output("original", tf.dtypes.cast(sides, TFloat32.class));
    }
    return signature.build();
  }

  /**
   * Encodes a batch of any size inside an inference graph, image by image, which works in every
   * TensorFlow: only later ones accept batches in {@code EncodePng}.
   *
   * @param images (N, height, width, 3) in 0–1; values outside are clipped, and 255 times a value
   *     is rounded to the nearest integer
   * @return PNG files, (N)
   */
  public static Operand<TString> encodePng(Ops tf, Operand<TFloat32> images) {
    Operand<TFloat32> scaled =
        tf.math.floor(tf.math.add(tf.math.mul(images, tf.constant(255f)), tf.constant(0.5f)));
    Operand<TUint8> bytes =
        tf.dtypes.cast(tf.clipByValue(scaled, tf.constant(0f), tf.constant(255f)), TUint8.class);
    Shape one = Shape.of(images.shape().get(1), images.shape().get(2), 3);
    try (ConcreteFunction encoding =
        ConcreteFunction.create(inner -> encodeOne(GraphScope.named(inner), one))) {
      MapDefun files =
          MapDefun.create(
              tf.scope(),
              List.of(bytes),
              List.of(),
              List.of(TString.class),
              List.of(Shape.scalar()),
              encoding);
      return strings(files.output().get(0));
    }
  }

  private static Signature encodeOne(Ops tf, Shape shape) {
    Placeholder<TUint8> image =
        tf.withName("image").placeholder(TUint8.class, Placeholder.shape(shape));
    return Signature.builder("encode")
        .input("image", image)
        .output("file", tf.image.encodePng(image))
        .build();
  }

  @SuppressWarnings("unchecked")
  private static Operand<TString> strings(Operand<?> operand) {
    return (Operand<TString>) operand;
  }

  /** Returns the bytes 0–255 as floats 0–1. */
  public static Operand<TFloat32> toFloats(Ops tf, Operand<TUint8> images) {
    return tf.math.mul(tf.dtypes.cast(images, TFloat32.class), tf.constant(1f / 255));
  }

  /**
   * Resizes the whole image; the aspect ratio is not kept.
   *
   * @param image (any, any, 3)
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @return (height, width, 3)
   */
  public static Operand<TUint8> resize(Ops tf, Operand<TUint8> image, int height, int width) {
    return resample(
        tf, image, Placement.stretched(tf, sides(tf, image), height, width), height, width);
  }

  /**
   * Returns the centre of the image after its shorter side was resized, in one pass over the
   * pixels; see {@link Placement#centred}.
   *
   * @param image (any, any, 3)
   * @param resize length of the shorter side in pixels, at least height and width
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @return (height, width, 3)
   */
  public static Operand<TUint8> resizeShorterSideAndCrop(
      Ops tf, Operand<TUint8> image, int resize, int height, int width) {
    Placement placement = Placement.centred(tf, sides(tf, image), resize, height, width);
    return resample(tf, image, placement, height, width);
  }

  /**
   * Returns the height and width of an image that is resized with its aspect ratio kept. Both sides
   * are multiplied by {@code f = min(longer / long side, shorter / short side)}, or by less if the
   * result would not fit into a canvas, and rounded: {@code floor(side · f + ½)}, at least 1.
   *
   * @param sides height and width of the image, (2)
   * @param shorter maximum of the shorter side in pixels, a scalar
   * @param longer maximum of the longer side in pixels
   * @param canvas height and width of the canvas, (2)
   * @return height and width, (2)
   */
  public static Operand<TInt32> keepRatioSize(
      Ops tf, Operand<TInt32> sides, Operand<TInt32> shorter, int longer, Operand<TInt32> canvas) {
    Operand<TInt32> axis = tf.constant(0);
    // Doubles, as in Python, so that sizes are those of published pipelines.
    Operand<TFloat64> from = tf.dtypes.cast(sides, TFloat64.class);
    Operand<TFloat64> byShorter =
        tf.math.div(tf.dtypes.cast(shorter, TFloat64.class), tf.min(from, axis));
    Operand<TFloat64> byLonger = tf.math.div(tf.constant((double) longer), tf.max(from, axis));
    Operand<TFloat64> byCanvas =
        tf.min(tf.math.div(tf.dtypes.cast(canvas, TFloat64.class), from), axis);
    Operand<TFloat64> factor = tf.math.minimum(tf.math.minimum(byShorter, byLonger), byCanvas);
    Operand<TFloat64> rounded =
        tf.math.floor(tf.math.add(tf.math.mul(from, factor), tf.constant(0.5)));
    return tf.math.maximum(tf.dtypes.cast(rounded, TInt32.class), tf.constant(1));
  }

  /**
   * Resizes an image and puts it on a canvas of zeros.
   *
   * @param image (any, any, 3)
   * @param placement of the image on the canvas, not mirrored
   * @param canvas height and width of the result, (2)
   * @return (canvas height, canvas width, 3)
   */
  public static Operand<TUint8> place(
      Ops tf, Operand<TUint8> image, Placement placement, Operand<TInt32> canvas) {
    // The operation writes zeros where it samples outside of the image.
    return tf.reshape(
        resample(tf, image, placement, canvas),
        tf.concat(List.of(canvas, tf.constant(new int[] {3})), tf.constant(0)));
  }

  private static Operand<TUint8> resample(
      Ops tf, Operand<TUint8> image, Placement placement, int height, int width) {
    return tf.reshape(
        resample(tf, image, placement, tf.constant(new int[] {height, width})),
        tf.constant(new int[] {height, width, 3}));
  }

  /** Returns (1, height, width, 3). */
  private static Operand<TUint8> resample(
      Ops tf, Operand<TUint8> image, Placement placement, Operand<TInt32> size) {
    Operand<TFloat32> resized =
        tf.image.scaleAndTranslate(
            tf.expandDims(image, tf.constant(0)),
            size,
            placement.scale(),
            placement.translation(),
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> rounded =
        tf.clipByValue(
            tf.math.floor(tf.math.add(resized, tf.constant(0.5f))),
            tf.constant(0f),
            tf.constant(255f));
    return tf.dtypes.cast(rounded, TUint8.class);
  }

  private static Operand<TInt32> sides(Ops tf, Operand<TUint8> image) {
    return tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> numbers(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }

  @SuppressWarnings("unchecked")
  static Operand<TUint8> pixels(Operand<?> operand) {
    return (Operand<TUint8>) operand;
  }
}
