package dev.recal.ops.detection;

import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A graph that is built, fed and run once. */
final class Evaluated {

  private final Map<Placeholder<?>, Tensor> feeds = new HashMap<>();
  private final Ops tf;
  private final List<float[]> floats = new ArrayList<>();
  private final List<int[]> ints = new ArrayList<>();

  private Evaluated(Ops tf) {
    this.tf = tf;
  }

  /** Runs what the function returns; it may take feeds. */
  static Evaluated of(Function<Evaluated, List<? extends Operand<?>>> build) {
    try (Graph graph = new Graph()) {
      Evaluated run = new Evaluated(GraphScope.ops(graph));
      List<? extends Operand<?>> fetches = build.apply(run);
      try (Session session = Sessions.unoptimised(graph)) {
        Session.Runner runner = session.runner();
        run.feeds.forEach(runner::feed);
        fetches.forEach(runner::fetch);
        try (Result result = runner.run()) {
          result.forEach(entry -> run.read(entry.getValue()));
        }
      } finally {
        run.feeds.values().forEach(Tensor::close);
      }
      return run;
    }
  }

  Ops tf() {
    return tf;
  }

  /** Returns a placeholder of a static shape, and feeds a value of another. */
  Operand<TFloat32> feed(Shape known, Shape shape, float... values) {
    Placeholder<TFloat32> placeholder = tf.placeholder(TFloat32.class, Placeholder.shape(known));
    feeds.put(placeholder, TFloat32.tensorOf(shape, DataBuffers.of(values)));
    return placeholder;
  }

  /** Returns boxes as a constant (R, 4). */
  Operand<TFloat32> boxes(float... values) {
    return tf.constant(Shape.of(values.length / 4, 4), DataBuffers.of(values));
  }

  private void read(Tensor tensor) {
    int size = Math.toIntExact(tensor.shape().size());
    float[] asFloats = new float[size];
    int[] asInts = new int[size];
    if (tensor instanceof TFloat32 value) {
      value.asRawTensor().data().asFloats().read(asFloats);
    } else if (tensor instanceof TInt32 value) {
      value.asRawTensor().data().asInts().read(asInts);
    } else {
      boolean[] truths = new boolean[size];
      ((TBool) tensor).asRawTensor().data().asBooleans().read(truths);
      for (int i = 0; i < size; i++) {
        asInts[i] = truths[i] ? 1 : 0;
      }
    }
    floats.add(asFloats);
    ints.add(asInts);
  }

  /** Returns the values of a fetched float32 tensor. */
  float[] floats(int index) {
    return floats.get(index);
  }

  /** Returns the values of a fetched int32 tensor, or 0 and 1. */
  int[] ints(int index) {
    return ints.get(index);
  }

  /** Returns random boxes in and around an image. */
  static float[] randomBoxes(Random random, int count, float height, float width) {
    float[] boxes = new float[4 * count];
    for (int i = 0; i < count; i++) {
      float w = width * random.nextFloat() * random.nextFloat();
      float h = height * random.nextFloat() * random.nextFloat();
      boxes[4 * i] = random.nextFloat() * width - w / 2;
      boxes[4 * i + 1] = random.nextFloat() * height - h / 2;
      boxes[4 * i + 2] = boxes[4 * i] + w;
      boxes[4 * i + 3] = boxes[4 * i + 1] + h;
    }
    return boxes;
  }
}
