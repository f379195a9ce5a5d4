package dev.recal.models.synthesis;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.synthesis.training.Fit;
import dev.recal.ops.GraphScope;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** An image file, resized for a generator like its training images. */
public final class TargetImage {

  private TargetImage() {}

  private static byte[] upright(Path file, long pixels) throws IOException {
    try {
      return ServableImage.bounded(FileBytes.read(file), pixels);
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
  }

  /**
   * Reads a file.
   *
   * @param file JPEG, PNG, GIF, BMP, WebP or TIFF
   * @param fit how the training images were made square
   * @param size rows and columns of the result
   * @param pixels the maximum of the file's image, checked before it is decoded
   * @return (size, size, 3) in 0–1
   * @throws IOException if it cannot be read, is not an image or too large
   */
  public static float[] read(Path file, Fit fit, int size, long pixels) throws IOException {
    byte[] bytes = upright(file, pixels);
    Augmentation preparation =
        fit == Fit.CROP ? Augmentation.centerCrop(size) : Augmentation.none();
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TString> files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(1)));
      Operand<TFloat32> image = preparation.decode(tf, files, size, size);
      try (Session session = Sessions.unoptimised(graph);
          Tensor fed = TString.tensorOfBytes(NdArrays.vectorOfObjects(bytes));
          Result result = session.runner().feed(files, fed).fetch(image).run()) {
        float[] values = new float[size * size * 3];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    } catch (TensorFlowException
        | IllegalArgumentException
        | TFUnimplementedException undecodable) {
      throw new IOException(
          "File " + file + " is not a JPEG, PNG, GIF or BMP image that can be decoded.",
          undecodable);
    }
  }
}
