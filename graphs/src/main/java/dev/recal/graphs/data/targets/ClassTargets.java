package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.types.TInt32;

/** One class an item. */
public final class ClassTargets implements TargetStore {
  private final List<String> classNames;
  private final int[] labels;

  private ClassTargets(List<String> classNames, int[] labels) {
    this.classNames = List.copyOf(classNames);
    this.labels = labels;
  }

  /**
   * Checks and copies labels.
   *
   * @param classNames different names
   * @param labels for each item an index into the names
   */
  public static ClassTargets of(List<String> classNames, int... labels) {
    TargetChecks.requireNames("classNames", classNames);
    for (int item = 0; item < labels.length; item++) {
      TargetChecks.requireLabel("labels", item, labels[item], classNames.size());
    }
    return new ClassTargets(classNames, labels.clone());
  }

  /** {@link #of(List, int...)} for a list of labels. */
  public static ClassTargets of(List<String> classNames, List<Integer> labels) {
    return of(classNames, labels.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The label of an item. */
  public int label(int item) {
    return labels[item];
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public String description() {
    return "one of " + classNames.size() + " classes";
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public ClassTargets choose(int[] items) {
    return new ClassTargets(classNames, labelsOf(items));
  }

  @Override
  public ClassTargets relabelled(List<String> newNames, int[] newLabels) {
    return new ClassTargets(newNames, Arrays.stream(labels).map(old -> newLabels[old]).toArray());
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add(labelsOf(items));
  }

  @Override
  public int stratum(int item) {
    return labels[item];
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings objects) {
    return new TableGraph<>(
        "label", TInt32.vectorOf(labels), TInt32.class, TargetBatch.Classes::new);
  }

  private int[] labelsOf(int[] items) {
    return IntStream.of(items).map(item -> labels[item]).toArray();
  }
}
