package dev.recal.graphs.detection.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * The numbers of an evaluation. A number is −1 where there is nothing to be found; such categories
 * and areas are left out of means.
 */
public final class CocoResult {
  /** The number of a category or area without objects. */
  public static final double NONE = CategoryCurves.NONE;

  // Two thresholds nearer than this are the same one, computed differently.
  private static final double SAME = 1e-9;

  private final Region region;
  private final CocoSettings settings;
  private final List<Integer> categories;
  private final List<CategoryCurves> curves;

  CocoResult(
      Region region, CocoSettings settings, List<Integer> categories, List<CategoryCurves> curves) {
    this.region = region;
    this.settings = settings;
    this.categories = categories;
    this.curves = curves;
  }

  /** What was compared. */
  public Region region() {
    return region;
  }

  /** At which thresholds, recalls, areas and numbers of detections. */
  public CocoSettings settings() {
    return settings;
  }

  /** Ids of the categories, ascending. */
  public List<Integer> categories() {
    return categories;
  }

  /**
   * The numbers of all categories by name, in this order: AP (the mean over thresholds, recall
   * points and categories), AP50 and AP75 (at one threshold), AP of each further range of areas
   * ({@code "AP small"}), AR of each number of detections ({@code "AR1"}: the mean recall over
   * thresholds and categories) and of each further range of areas ({@code "AR small"}). With {@link
   * CocoSettings#defaults} these are COCO's twelve.
   *
   * <p>Where nothing else is said, of all areas and the greatest number of detections. In 0 to 1,
   * or −1 where no object counts or the threshold is not among the settings.
   */
  public Map<String, Double> numbers() {
    return numbers(IntStream.range(0, categories.size()).toArray());
  }

  /**
   * The same numbers of one category.
   *
   * @param category its id
   */
  public Map<String, Double> numbers(int category) {
    return numbers(new int[] {indexOf(category)});
  }

  private Map<String, Double> numbers(int[] chosen) {
    int counts = settings.maxDetections().size();
    int[] all = IntStream.range(0, settings.thresholds().size()).toArray();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("AP", precision(chosen, all, 0));
    numbers.put("AP50", precision(chosen, threshold(0.5), 0));
    numbers.put("AP75", precision(chosen, threshold(0.75), 0));
    for (int area = 1; area < settings.areas().size(); area++) {
      numbers.put("AP " + settings.areas().get(area).name(), precision(chosen, all, area));
    }
    for (int count = 0; count < counts; count++) {
      numbers.put("AR" + settings.maxDetections().get(count), recall(chosen, 0, count));
    }
    for (int area = 1; area < settings.areas().size(); area++) {
      numbers.put("AR " + settings.areas().get(area).name(), recall(chosen, area, counts - 1));
    }
    return numbers;
  }

  /**
   * Precision at each recall point, of all areas and the greatest number of detections: the mean
   * over the categories that have objects.
   *
   * @param threshold index of a threshold of IoU
   * @return one number for each recall point; −1 if no category has objects
   */
  public double[] precision(int threshold) {
    return IntStream.range(0, settings.recallPoints().size())
        .mapToDouble(
            point ->
                Mean.of(
                    mean ->
                        curves.forEach(
                            of -> mean.accept(of.precision()[0][last()][threshold][point]))))
        .toArray();
  }

  /**
   * Precision of one category at each recall point.
   *
   * @param category its id
   * @param area index of a range of areas
   * @param count index of a number of detections
   * @param threshold index of a threshold of IoU
   * @return one number for each recall point; −1 if the category has no objects
   */
  public double[] precision(int category, int area, int count, int threshold) {
    return curves.get(indexOf(category)).precision()[area][count][threshold].clone();
  }

  /**
   * Recall of all detections of one category.
   *
   * @param category its id
   * @param area index of a range of areas
   * @param count index of a number of detections
   * @param threshold index of a threshold of IoU
   * @return in 0 to 1; −1 if the category has no objects
   */
  public double recall(int category, int area, int count, int threshold) {
    return curves.get(indexOf(category)).recall()[area][count][threshold];
  }

  private int last() {
    return settings.maxDetections().size() - 1;
  }

  private int indexOf(int category) {
    int index = categories.indexOf(category);
    if (index < 0) {
      throw new IllegalArgumentException(
          "category: expected one of " + categories + ", but got " + category + ".");
    }
    return index;
  }

  private int[] threshold(double value) {
    return IntStream.range(0, settings.thresholds().size())
        .filter(i -> Math.abs(settings.thresholds().get(i) - value) < SAME)
        .toArray();
  }

  private double precision(int[] chosen, int[] thresholds, int area) {
    return Mean.of(
        mean -> {
          for (int category : chosen) {
            double[][] precision = curves.get(category).precision()[area][last()];
            for (int threshold : thresholds) {
              for (double value : precision[threshold]) {
                mean.accept(value);
              }
            }
          }
        });
  }

  private double recall(int[] chosen, int area, int count) {
    return Mean.of(
        mean -> {
          for (int category : chosen) {
            for (double value : curves.get(category).recall()[area][count]) {
              mean.accept(value);
            }
          }
        });
  }

  /** The mean of numbers that are not {@link #NONE}; this if there are none. */
  private static final class Mean implements DoubleConsumer {
    private double sum;
    private long count;

    static double of(Consumer<DoubleConsumer> values) {
      Mean mean = new Mean();
      values.accept(mean);
      return mean.count == 0 ? NONE : mean.sum / mean.count;
    }

    @Override
    public void accept(double value) {
      if (value > NONE) {
        sum += value;
        count++;
      }
    }
  }
}
