package dev.recal.savedmodels.signatures;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** The most probable class of each row, as number and as name; no tables, so nothing to set up. */
public final class Labels {

  private Labels() {}

  /**
   * Returns the number of the greatest value of each row.
   *
   * @param scores of shape (N, classes)
   * @return of shape (N)
   */
  public static Operand<TInt64> classes(Ops tf, Operand<TFloat32> scores) {
    return tf.math.argMax(scores, tf.constant(1));
  }

  /**
   * Returns the names of classes.
   *
   * @param classes numbers of any shape, each less than the number of labels
   * @param labels at least one
   * @return of the shape of {@code classes}
   */
  public static Operand<TString> names(Ops tf, Operand<TInt64> classes, List<String> labels) {
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("labels: expected at least one, but none came.");
    }
    Operand<TString> all = tf.constant(NdArrays.vectorOfObjects(labels.toArray(String[]::new)));
    return tf.gather(all, classes, tf.constant(0));
  }

  /**
   * Adds the outputs {@code classes} and, where there are labels, {@code labels}.
   *
   * @param outputs a signature's outputs, which get the new ones
   * @param scores the name of the output of shape (N, classes) from which they come
   * @param labels the names in the order of the scores; may be empty
   */
  public static void add(
      Ops tf, Map<String, Operand<?>> outputs, String scores, List<String> labels) {
    Operand<?> values = outputs.get(scores);
    if (values == null || values.asOutput().type() != TFloat32.class) {
      throw new IllegalArgumentException(
          "scores: expected the name of a float32 output, but '"
              + scores
              + "' came; there are "
              + outputs.keySet()
              + ".");
    }
    Operand<TInt64> classes = classes(tf, typed(values));
    outputs.put("classes", classes);
    if (!labels.isEmpty()) {
      outputs.put("labels", names(tf, classes, labels));
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> typed(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }
}
