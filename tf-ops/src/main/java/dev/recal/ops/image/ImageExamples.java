package dev.recal.ops.image;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** Extracts the image files from serialised {@code tf.train.Example} messages, inside the graph. */
public final class ImageExamples {

  /** The feature name in ImageNet's records, and in those that this project writes. */
  public static final String FEATURE = "image/encoded";

  private ImageExamples() {}

  /**
   * Adds operations that read the feature {@link #FEATURE}, one byte string in each example. An
   * example without it is an error of the operation; other features are ignored.
   *
   * @param examples serialised messages, (N)
   * @return the image files, (N)
   */
  public static Operand<TString> imageFiles(Ops tf, Operand<TString> examples) {
    // The V2 operation, which Ops offers, does not exist in TensorFlow 1.15.
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

  // No names are needed for messages; without a default the feature is required.
  private static Output<TString> noStrings(Ops tf) {
    return tf.fill(tf.constant(new int[1]), tf.constant("")).asOutput();
  }
}
