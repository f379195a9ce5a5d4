package dev.recal.ops.runtime;

import org.tensorflow.Graph;

/** Creates TensorFlow graphs: the first thing that a process does with TensorFlow. */
public final class Graphs {

  private Graphs() {}

  /**
   * Returns an empty graph, to be closed by the caller.
   *
   * @throws NativeLibraryException if TensorFlow's native library is missing
   */
  public static Graph create() {
    TensorFlowLibrary.require();
    return new Graph();
  }
}
