package dev.recal.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts of a scoring, which grow as tasks finish and are shown with the stages in Spark's web
 * interface. A task that is repeated counts again, so they tell the progress; the exact numbers are
 * those of the scored rows.
 */
public final class ScoringCounts implements Serializable {

  private static final long serialVersionUID = 1L;

  private final LongAccumulator scored;
  private final LongAccumulator unusable;
  private final LongAccumulator modelsOpened;

  ScoringCounts(SparkContext context) {
    scored = context.longAccumulator("recal: images scored");
    unusable = context.longAccumulator("recal: images unusable");
    modelsOpened = context.longAccumulator("recal: models opened");
  }

  /** Returns the number of images with a result. */
  public long scored() {
    return scored.value();
  }

  /** Returns the number of images with a problem. */
  public long unusable() {
    return unusable.value();
  }

  /** Returns how often an executor loaded the model. */
  public long modelsOpened() {
    return modelsOpened.value();
  }

  void addScored(long images) {
    scored.add(images);
  }

  void addUnusable(long images) {
    unusable.add(images);
  }

  void addModelOpened() {
    modelsOpened.add(1);
  }
}
