package dev.recal.graphs.data.items;

import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;

/**
 * What a data set stores of its items without their targets: images, or arrays of numbers. Several
 * views of a data set may share one; the last one to {@linkplain #release() release} it frees its
 * memory.
 */
public abstract sealed class Items permits ImageItems, FeatureItems {
  private final List<String> names;
  private int owners = 1;

  Items(List<String> names) {
    this.names = List.copyOf(names);
  }

  /** How many there are. */
  public final int count() {
    return names.size();
  }

  /** The name of an item, as a path within its source. */
  public final String name(int item) {
    return names.get(item);
  }

  /** What the ops that read an item need to capture, by argument name; owned by these items. */
  public abstract Map<String, Tensor> tensors();

  /** Frees what {@link #tensors()} holds. */
  abstract void free();

  /** Adds an owner. */
  public final synchronized void retain() {
    requireOpen();
    owners++;
  }

  /** Takes an owner away; the last one frees the memory. */
  public final synchronized void release() {
    requireOpen();
    owners--;
    if (owners == 0) {
      free();
    }
  }

  final synchronized void requireOpen() {
    if (owners == 0) {
      throw new IllegalStateException("The data set has been closed.");
    }
  }
}
