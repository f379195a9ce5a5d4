package dev.recal.graphs.style.training;

import org.tensorflow.Result;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Values of a run of a session as Java numbers. */
final class FetchedValues {

  private FetchedValues() {}

  static double scalar(Result result, int index) {
    return ((TFloat32) result.get(index)).getFloat();
  }

  /** Returns all values of a tensor, row-major. */
  static float[] array(Result result, int index) {
    float[] values = new float[Math.toIntExact(result.get(index).shape().size())];
    ((TFloat32) result.get(index)).copyTo(DataBuffers.of(values));
    return values;
  }
}
