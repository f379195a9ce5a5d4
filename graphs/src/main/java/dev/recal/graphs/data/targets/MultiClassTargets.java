package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Any number of classes an item, none included. */
public final class MultiClassTargets implements TargetStore {
  private final List<String> classNames;
  private final int[][] labels;

  private MultiClassTargets(List<String> classNames, int[][] labels) {
    this.classNames = List.copyOf(classNames);
    this.labels = labels;
  }

  /**
   * Checks and copies labels.
   *
   * @param classNames different names
   * @param labels for each item indices into the names; repeated ones count once
   */
  public static MultiClassTargets of(List<String> classNames, List<int[]> labels) {
    TargetChecks.requireNames("classNames", classNames);
    List<int[]> sorted = new ArrayList<>();
    for (int[] ofItem : labels) {
      for (int label : ofItem) {
        TargetChecks.requireLabel("labels", sorted.size(), label, classNames.size());
      }
      sorted.add(Arrays.stream(ofItem).sorted().distinct().toArray());
    }
    return new MultiClassTargets(classNames, sorted.toArray(int[][]::new));
  }

  /** The labels of an item, ascending. */
  public int[] labels(int item) {
    return labels[item].clone();
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public String description() {
    return "any of " + classNames.size() + " classes";
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public MultiClassTargets choose(int[] items) {
    return new MultiClassTargets(
        classNames, Arrays.stream(items).mapToObj(item -> labels[item]).toArray(int[][]::new));
  }

  @Override
  public MultiClassTargets relabelled(List<String> newNames, int[] newLabels) {
    return new MultiClassTargets(
        newNames,
        Arrays.stream(labels)
            .map(ofItem -> Arrays.stream(ofItem).map(old -> newLabels[old]).sorted().toArray())
            .toArray(int[][]::new));
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add("several classes").add(items.length);
    for (int item : items) {
      digest.add(labels[item]);
    }
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings objects) {
    int classes = classNames.size();
    byte[] present = new byte[Math.multiplyExact(labels.length, classes)];
    for (int item = 0; item < labels.length; item++) {
      for (int label : labels[item]) {
        present[item * classes + label] = 1;
      }
    }
    TUint8 table = TUint8.tensorOf(Shape.of(labels.length, classes), DataBuffers.of(present));
    return new TableGraph<>("present", table, TFloat32.class, TargetBatch.MultiClasses::new);
  }
}
