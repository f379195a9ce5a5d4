package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.Digest;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Named numbers an item, for regression. */
public final class NumberTargets implements TargetStore {
  private final List<String> names;
  private final float[] values;

  private NumberTargets(List<String> names, float[] values) {
    this.names = List.copyOf(names);
    this.values = values;
  }

  /**
   * Checks and copies numbers.
   *
   * @param names different names
   * @param values for each item as many finite numbers as there are names
   */
  public static NumberTargets of(List<String> names, List<float[]> values) {
    TargetChecks.requireNames("names", names);
    FloatBuffer all = FloatBuffer.allocate(Math.multiplyExact(values.size(), names.size()));
    for (int item = 0; item < values.size(); item++) {
      TargetChecks.requireLength("values", item, names.size(), values.get(item).length);
      TargetChecks.requireFinite("values", item, values.get(item));
      all.put(values.get(item));
    }
    return new NumberTargets(names, all.array());
  }

  /** {@link #of(List, List)} for an array. */
  public static NumberTargets of(List<String> names, float[][] values) {
    return of(names, Arrays.asList(values));
  }

  /** The names of the numbers. */
  public List<String> names() {
    return names;
  }

  @Override
  public List<String> outputNames() {
    return names;
  }

  /** The numbers of an item. */
  public float[] values(int item) {
    return Arrays.copyOfRange(values, item * names.size(), (item + 1) * names.size());
  }

  @Override
  public int count() {
    return values.length / names.size();
  }

  @Override
  public String description() {
    return "the numbers " + String.join(", ", names);
  }

  @Override
  public NumberTargets choose(int[] items) {
    return new NumberTargets(names, valuesOf(items));
  }

  /** Returns these targets, whose names must be the same. */
  @Override
  public NumberTargets relabelled(List<String> newNames, int[] labels) {
    if (!newNames.equals(names)) {
      throw new IllegalArgumentException(
          "numbers: expected "
              + String.join(", ", newNames)
              + ", but got "
              + String.join(", ", names)
              + ".");
    }
    return this;
  }

  @Override
  public void addTo(Digest digest, int[] items) {
    digest.add("numbers").addAll(names, name -> name).add(valuesOf(items));
  }

  @Override
  public TargetGraph graph(int height, int width, ObjectSettings objects) {
    TFloat32 table = TFloat32.tensorOf(Shape.of(count(), names.size()), DataBuffers.of(values));
    return new TableGraph<>("numbers", table, TFloat32.class, TargetBatch.Numbers::new);
  }

  private float[] valuesOf(int[] items) {
    FloatBuffer chosen = FloatBuffer.allocate(items.length * names.size());
    for (int item : items) {
      chosen.put(values, item * names.size(), names.size());
    }
    return chosen.array();
  }
}
