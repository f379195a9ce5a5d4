package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The metrics of images with any number of classes. A class is answered where its probability is at
 * least {@value #THRESHOLD}.
 *
 * <p>{@code mAP} is the mean of the classes' average precisions; {@code f1} counts the answers of
 * all classes together (micro), {@code macroF1} is the mean of the classes' F1; {@code
 * subsetAccuracy} is the share of images of which every class is right. Classes that no image has
 * are left out of both means. The definitions are scikit-learn's, which counts such classes as 0.
 */
public record SeveralClassesScores() implements Metric {

  /** From which probability on a class is answered. */
  public static final float THRESHOLD = 0.5f;

  /**
   * How well a class is recognised.
   *
   * @param images that have it
   * @param answered images for which it is answered
   * @param right images of both
   * @param averagePrecision NaN if no image has it
   */
  public record OfClass(long images, long answered, long right, double averagePrecision) {

    /** The share of the answers that are right; 0 without answers. */
    public double precision() {
      return answered == 0 ? 0 : (double) right / answered;
    }

    /** The share of the images that are found; NaN if there are none. */
    public double recall() {
      return (double) right / images;
    }

    /** The harmonic mean of precision and recall; NaN if no image has the class. */
    public double f1() {
      return images == 0 ? Double.NaN : 2.0 * right / (images + answered);
    }
  }

  @Override
  public List<String> names() {
    return List.of("mAP", "f1", "macroF1", "subsetAccuracy");
  }

  @Override
  public boolean supports(OutputKind kind) {
    return kind == OutputKind.SEVERAL_CLASSES;
  }

  /** The probabilities of the classes, then their targets. */
  @Override
  public Operand<TFloat32> rows(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    return tf.concat(List.of(tf.math.sigmoid(outputs), targets), tf.constant(1));
  }

  @Override
  public List<Double> results(MetricRows rows) {
    List<OfClass> classes =
        IntStream.range(0, rows.columns() / 2).mapToObj(label -> of(rows, label)).toList();
    long right = classes.stream().mapToLong(OfClass::right).sum();
    long both = classes.stream().mapToLong(one -> one.images() + one.answered()).sum();
    return List.of(
        mean(classes.stream().map(OfClass::averagePrecision).toList()),
        both == 0 ? Double.NaN : 2.0 * right / both,
        mean(classes.stream().map(OfClass::f1).toList()),
        subsetAccuracy(rows));
  }

  private static double mean(List<Double> values) {
    return values.stream()
        .filter(value -> !value.isNaN())
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  private static double subsetAccuracy(MetricRows rows) {
    int classes = rows.columns() / 2;
    long right =
        IntStream.range(0, rows.count())
            .filter(
                row ->
                    IntStream.range(0, classes)
                        .allMatch(label -> answered(rows, row, label) == has(rows, row, label)))
            .count();
    return (double) right / rows.count();
  }

  private static boolean answered(MetricRows rows, int row, int label) {
    return rows.at(row, label) >= THRESHOLD;
  }

  private static boolean has(MetricRows rows, int row, int label) {
    return rows.at(row, rows.columns() / 2 + label) > THRESHOLD;
  }

  /** Returns how well a class is recognised. */
  public static OfClass of(MetricRows rows, int label) {
    long images = 0;
    long answered = 0;
    long right = 0;
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      boolean has = has(rows, row, label);
      boolean answer = answered(rows, row, label);
      images += has ? 1 : 0;
      answered += answer ? 1 : 0;
      right += has && answer ? 1 : 0;
      order.add(row);
    }
    order.sort(Comparator.comparingDouble(row -> -score(rows, row, label)));
    return new OfClass(images, answered, right, averagePrecision(rows, label, order, images));
  }

  // Probabilities that are not numbers come last.
  private static double score(MetricRows rows, int row, int label) {
    float score = rows.at(row, label);
    return Float.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
  }

  // The sum of precision · (rise of the recall), where images of equal probability are one step.
  private static double averagePrecision(
      MetricRows rows, int label, List<Integer> order, long images) {
    double sum = 0;
    long found = 0;
    long before = 0;
    for (int i = 0; i < order.size(); i++) {
      found += has(rows, order.get(i), label) ? 1 : 0;
      boolean last =
          i + 1 == order.size()
              || score(rows, order.get(i), label) != score(rows, order.get(i + 1), label);
      if (last) {
        sum += (double) found / (i + 1) * (found - before) / images;
        before = found;
      }
    }
    return images == 0 ? Double.NaN : sum;
  }
}
