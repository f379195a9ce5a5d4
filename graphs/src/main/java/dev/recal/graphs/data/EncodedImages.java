package dev.recal.graphs.data;

import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.MapDefun;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * A batch of images from the bytes of their files, inside a graph that answers: decoded and brought
 * to size as an evaluation's pipeline does it, so that a served model sees what it was measured on.
 */
public final class EncodedImages {

  private EncodedImages() {}

  /**
   * Adds the decoding of a batch of any size; its files are decoded side by side.
   *
   * @param bytes JPEG or PNG files, (N); grey, CMYK and transparent ones become red, green, blue
   * @param evaluation how the pipeline prepares images for evaluation
   * @param height of the result in pixels
   * @param width of the result in pixels
   * @return (N, height, width, 3) in 0–1
   * @throws IllegalArgumentException if {@code evaluation} is random
   */
  public static Operand<TFloat32> decode(
      Ops tf, Operand<TString> bytes, Augmentation evaluation, int height, int width) {
    if (evaluation.isRandom()) {
      throw new IllegalArgumentException(
          "evaluation: a served image cannot be prepared at random, but " + evaluation + " came.");
    }
    Preparation preparation = Preparation.of(evaluation, height, width).orElseThrow();
    Shape shape = Shape.of(height, width, 3);
    try (ConcreteFunction one = ConcreteFunction.create(inner -> decodeOne(inner, preparation))) {
      MapDefun images =
          MapDefun.create(
              tf.scope(), List.of(bytes), List.of(), List.of(TUint8.class), List.of(shape), one);
      return BatchGraph.toFloats(tf, ImageGraph.typed(images.output().get(0), TUint8.class));
    }
  }

  private static Signature decodeOne(Ops tf, Preparation preparation) {
    Placeholder<TString> bytes =
        tf.withName("bytes").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    // DecodeJpeg decodes PNG too, and unlike DecodeImage it is there in every TensorFlow.
    Operand<TUint8> image = preparation.apply(tf, ImageGraph.decode(tf, bytes, true));
    return Signature.builder("decode").input("bytes", bytes).output("image", image).build();
  }
}
