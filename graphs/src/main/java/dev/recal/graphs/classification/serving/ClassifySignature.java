package dev.recal.graphs.classification.serving;

import dev.recal.ops.ServableSignature;
import dev.recal.ops.image.ImageExamples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * The signature for TensorFlow Serving's {@code Classify}: {@code inputs}, serialised {@code
 * tf.train.Example} messages with an image file under {@value ImageExamples#FEATURE}, (N) → {@code
 * classes}, the names of the {@value #CLASSES} most probable classes, in descending order, (N, k),
 * and {@code scores}, their probabilities, (N, k).
 *
 * <p>The records of a training set can be sent unchanged. The names are constants of the graph:
 * there are no tables, so nothing has to be initialised when a server loads the model.
 */
final class ClassifySignature {

  static final int CLASSES = 5;

  private ClassifySignature() {}

  /**
   * Adds the signature.
   *
   * @param labels the class names in the order of the logits
   * @param classifier image files (N) to probabilities (N, classes)
   */
  static ServableSignature build(
      Ops tf, List<String> labels, Function<Operand<TString>, Operand<TFloat32>> classifier) {
    Placeholder<TString> examples =
        tf.withName("inputs")
            .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Ops inner = tf.withSubScope("examples");
    Operand<TFloat32> probabilities = classifier.apply(ImageExamples.imageFiles(inner, examples));
    TopK<TFloat32, TInt32> best =
        inner.nn.topK(
            probabilities, inner.constant(Math.min(CLASSES, labels.size())), new TopK.Options[0]);
    Operand<TString> names =
        inner.constant(NdArrays.vectorOfObjects(labels.toArray(String[]::new)));
    Map<String, Operand<?>> answers = new LinkedHashMap<>();
    answers.put("classes", inner.gather(names, best.indices(), inner.constant(0)));
    answers.put("scores", best.values());
    return new ServableSignature("classify", Map.of("inputs", examples), answers);
  }
}
