package dev.recal.tools.serve.rest;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.ServingException;
import java.util.Map;

/**
 * The outputs of a call on examples, checked against the requirements of TensorFlow Serving.
 *
 * @param classes strings; null if the model has none
 * @param scores numbers; null if the model has none
 * @param width the number of classes of an example
 */
public record ExampleOutputs(TensorValue classes, TensorValue scores, int width) {

  private static final String CLASSES = "classes";
  private static final String SCORES = "scores";
  private static final String OUTPUTS = "outputs";

  /**
   * Returns the labels and scores of a classification.
   *
   * @throws ServingException if the outputs do not have a row for each example
   */
  public static ExampleOutputs classification(Map<String, TensorValue> outputs, int examples) {
    TensorValue classes = outputs.get(CLASSES);
    TensorValue scores = outputs.get(SCORES);
    TensorValue any = classes == null ? scores : classes;
    check(CLASSES, classes, ElementType.STRING, examples, any);
    check(SCORES, scores, ElementType.FLOAT32, examples, any);
    return new ExampleOutputs(classes, scores, any.length() / examples);
  }

  /**
   * Returns the numbers of a regression.
   *
   * @throws ServingException if there is not one for each example
   */
  public static float[] regression(Map<String, TensorValue> outputs, int examples) {
    TensorValue values = outputs.get(OUTPUTS);
    check(OUTPUTS, values, ElementType.FLOAT32, examples, values);
    if (values.length() != examples) {
      throw ServingException.invalid(
          "Expected one number for each example, but output 'outputs' is " + values + ".");
    }
    return values.floats();
  }

  /** Returns the label of a class, empty if there are none, by its position among all. */
  public byte[] label(int index) {
    return classes == null ? new byte[0] : classes.byteStrings()[index];
  }

  /** Returns the score of a class, 0 if there are none, by its position among all. */
  public float score(int index) {
    return scores == null ? 0 : scores.floats()[index];
  }

  private static void check(
      String name, TensorValue value, ElementType type, int examples, TensorValue other) {
    if (value == null) {
      return;
    }
    boolean fits =
        value.type() == type
            && value.shape().numDimensions() > 0
            && value.rows() == examples
            && value.length() == other.length();
    if (!fits) {
      throw ServingException.invalid(
          "Expected output '"
              + name
              + "' of "
              + type
              + " with a row for each of the "
              + examples
              + " examples, but got "
              + value
              + ".");
    }
  }
}
