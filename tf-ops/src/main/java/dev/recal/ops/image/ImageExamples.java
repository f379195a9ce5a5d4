package dev.recal.ops.image;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** Takes the image files out of serialised {@code tf.train.Example} messages, inside the graph. */
public final class ImageExamples {

  /** The feature that ImageNet's records have, and those that this project writes. */
  public static final String FEATURE = "image/encoded";

  private ImageExamples() {}

  /**
   * Adds the reading of the feature {@link #FEATURE}, one byte string in each example. An example
   * without it is an error of the operation; other features are not looked at.
   *
   * @param examples serialised messages, (N)
   * @return the image files, (N)
   */
  public static Operand<TString> imageFiles(Ops tf, Operand<TString> examples) {
    // The second version, which Ops offers, does not exist in TensorFlow 1.15.
    Operation parsed =
        tf.scope()
            .opBuilder("ParseExample", "ParseExample")
            .addInput(examples.asOutput())
            .addInput(noStrings(tf))
            .addInputList(new Output<?>[0])
            .addInputList(new Output<?>[] {tf.constant(FEATURE).asOutput()})
            .addInputList(new Output<?>[] {noStrings(tf)})
            .setAttr("sparse_types", new DataType[0])
            .setAttr("dense_shapes", new Shape[] {Shape.scalar()})
            .build();
    return parsed.output(0);
  }

  // No names are needed for messages, and no default makes the feature obligatory.
  private static Output<TString> noStrings(Ops tf) {
    return tf.fill(tf.constant(new int[1]), tf.constant("")).asOutput();
  }
}
