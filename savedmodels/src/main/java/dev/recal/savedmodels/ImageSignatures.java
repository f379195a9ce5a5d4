package dev.recal.savedmodels;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;

/** Which signature of a model classifies image files, and by which output. */
final class ImageSignatures {

  private static final String RECAL_SIGNATURE = "serving_bytes";
  private static final String PROBABILITIES = "probabilities";

  /** The output of networks for numbers. */
  static final String VALUES = "values";

  // Their strings are tf.Example messages, and not files.
  private static final List<String> EXAMPLE_SIGNATURES =
      List.of("tensorflow/serving/classify", "tensorflow/serving/regress");

  private ImageSignatures() {}

  /**
   * Finds the signature.
   *
   * @throws IllegalArgumentException if there is none, or several, or none of its outputs can be
   *     taken for scores
   */
  static SignatureDescription of(SavedModelDescription model) {
    List<SignatureDescription> taking =
        model.signatures().stream()
            .filter(signature -> signature.key().equals(RECAL_SIGNATURE) && takesFiles(signature))
            .findFirst()
            .map(List::of)
            .orElseGet(
                () ->
                    model.signatures().stream()
                        .filter(ImageSignatures::takesFiles)
                        .filter(signature -> scores(signature).isPresent())
                        .toList());
    if (taking.size() != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "signature: expected '%s', or exactly one signature that takes a vector of image files"
                  + " and gives a row of float32 for each, but the model in %s has %s.",
              RECAL_SIGNATURE,
              model.directory(),
              texts(taking.isEmpty() ? model.signatures() : taking)));
    }
    SignatureDescription signature = taking.get(0);
    if (scores(signature).isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "signature: '%s' has no output '%s'; it has %s.",
              signature.key(),
              PROBABILITIES,
              signature.outputs().keySet()));
    }
    return signature;
  }

  /** Returns the name of the output with a row of scores for each image. */
  static Optional<String> scores(SignatureDescription signature) {
    TensorDescription named = signature.outputs().get(PROBABILITIES);
    if (named != null && named.type() == DataType.DT_FLOAT) {
      return Optional.of(PROBABILITIES);
    }
    List<String> rows =
        signature.outputs().entrySet().stream()
            .filter(output -> isRows(output.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    boolean own = signature.key().equals(RECAL_SIGNATURE);
    return rows.size() == 1 && !own ? Optional.of(rows.get(0)) : Optional.empty();
  }

  /** Returns the signature that answers image files with numbers, if a model has one. */
  static Optional<SignatureDescription> numbers(SavedModelDescription model) {
    return model.signatures().stream()
        .filter(signature -> signature.key().equals(RECAL_SIGNATURE) && takesFiles(signature))
        .filter(
            signature ->
                signature.outputs().containsKey(VALUES) && isRows(signature.outputs().get(VALUES)))
        .findFirst();
  }

  /** Returns the names of these numbers; empty if it has no such signature. */
  static List<String> numberNames(SavedModelDescription model) {
    List<String> labels = model.labels();
    return numbers(model)
        .map(signature -> signature.outputs().get(VALUES).shape().get(1))
        .map(count -> count < 0 ? labels.size() : Math.toIntExact(count))
        .map(
            count ->
                IntStream.range(0, count)
                    .mapToObj(i -> i < labels.size() ? labels.get(i) : Integer.toString(i))
                    .toList())
        .orElse(List.of());
  }

  private static boolean isRows(TensorDescription output) {
    return output.type() == DataType.DT_FLOAT
        && !output.shape().isUnknown()
        && output.shape().numDimensions() == 2;
  }

  private static boolean takesFiles(SignatureDescription signature) {
    return signature.inputs().size() == 1
        && !EXAMPLE_SIGNATURES.contains(signature.method())
        && signature.inputs().values().stream()
            .allMatch(input -> input.type() == DataType.DT_STRING && isVector(input));
  }

  private static boolean isVector(TensorDescription input) {
    return input.shape().isUnknown() || input.shape().numDimensions() == 1;
  }

  private static List<String> texts(List<SignatureDescription> signatures) {
    return signatures.stream()
        .map(
            signature ->
                signature.key() + " " + signature.inputs() + " → " + signature.outputs().keySet())
        .sorted()
        .toList();
  }
}
