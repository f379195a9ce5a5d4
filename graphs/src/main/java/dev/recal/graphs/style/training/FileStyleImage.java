package dev.recal.graphs.style.training;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.image.Images;
import dev.recal.ops.image.Placement;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A style image in a file: JPEG, PNG, GIF (first frame), BMP, WebP or TIFF, turned upright;
 * transparency is dropped.
 *
 * @param path the file
 * @param size the longer side is resized to this many pixels; empty for the image's own size
 */
public record FileStyleImage(Path path, Optional<Integer> size) implements StyleImage {

  private static final int SMALLEST = 16;
  private static final float LEVELS = 255;

  /** Rejects a missing path, and sizes below 16. */
  public FileStyleImage {
    Objects.requireNonNull(path, "path");
    size.ifPresent(pixels -> Arguments.atLeast(SMALLEST, "size", pixels));
  }

  @Override
  public StyleImage at(Path base) {
    return new FileStyleImage(base.resolve(path).toAbsolutePath().normalize(), size);
  }

  @Override
  public StylePixels read() throws IOException {
    DecodedImage image = decoded();
    int longer = Math.max(image.height(), image.width());
    double factor = size.map(pixels -> (double) pixels / longer).orElse(1.0);
    int height = Math.max(1, (int) Math.round(image.height() * factor));
    int width = Math.max(1, (int) Math.round(image.width() * factor));
    if (Math.min(height, width) < SMALLEST) {
      throw new IllegalArgumentException(
          ("style: expected an image of at least " + SMALLEST + " pixels a side, but got ")
              + (width + "×" + height + " in " + path + "."));
    }
    byte[] levels = factor == 1 ? image.values() : resized(image, height, width);
    float[] values = new float[levels.length];
    for (int i = 0; i < levels.length; i++) {
      values[i] = (levels[i] & 0xFF) / LEVELS;
    }
    return new StylePixels(path.getFileName().toString(), height, width, values);
  }

  private DecodedImage decoded() throws IOException {
    try {
      byte[] file = ServableImage.bounded(FileBytes.read(path), ImageHeader.MAX_PIXELS);
      return DecodedImage.of(file, 3)
          .orElseThrow(
              () -> new IOException("File " + path + " is not an image that can be decoded."));
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + path + " " + refused.getMessage() + ".", refused);
    }
  }

  private static byte[] resized(DecodedImage image, int height, int width) {
    try (Graph graph = new Graph();
        Session session = Sessions.unoptimised(graph);
        TUint8 fed =
            TUint8.tensorOf(
                Shape.of(image.height(), image.width(), 3), DataBuffers.of(image.values()))) {
      Ops tf = GraphScope.ops(graph);
      Operand<TUint8> input = tf.placeholder(TUint8.class, Placeholder.shape(fed.shape()));
      Operand<TInt32> sides = tf.constant(new int[] {image.height(), image.width()});
      Operand<TInt32> canvas = tf.constant(new int[] {height, width});
      Operand<TUint8> placed =
          Images.place(tf, input, Placement.stretched(tf, sides, canvas), canvas);
      try (Result result = session.runner().feed(input, fed).fetch(placed).run()) {
        byte[] values = new byte[height * width * 3];
        ((TUint8) result.get(0)).copyTo(DataBuffers.of(values));
        return values;
      }
    }
  }
}
