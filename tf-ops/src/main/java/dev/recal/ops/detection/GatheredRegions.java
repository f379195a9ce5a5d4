package dev.recal.ops.detection;

import dev.recal.ops.Shapes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * RoIAlign from gathers in the pixels of all levels, one below the other in a matrix.
 *
 * <p>A bin is the sum over its samples' neighbours of weight times pixel. The weights of rows and
 * columns are independent, so the sums are nested. Neighbours are gathered one after the other,
 * because all of them together take 4 · ratio² times the output's memory.
 */
final class GatheredRegions {

  private final Ops tf;
  private final RoiAlign settings;
  private final Pyramid pyramid;
  private final Operand<TInt32> axis;

  GatheredRegions(Ops tf, RoiAlign settings, Pyramid pyramid) {
    this.tf = tf;
    this.settings = settings;
    this.pyramid = pyramid;
    this.axis = tf.constant(0);
  }

  Operand<TFloat32> build(Operand<TFloat32> boxes, Operand<TInt32> images, Operand<TInt32> levels) {
    List<MapSize> sizes = pyramid.maps().stream().map(map -> MapSize.of(tf, map)).toList();
    List<Operand<TInt32>> pixels =
        sizes.stream().<Operand<TInt32>>map(s -> tf.math.mul(s.rows(), s.columns())).toList();
    List<Operand<TInt32>> before = new ArrayList<>(List.of(tf.constant(0)));
    pixels.forEach(count -> before.add(tf.math.add(before.get(before.size() - 1), count)));
    Operand<TInt32> last = before.remove(before.size() - 1);
    Operand<TInt32> all = hasSpare() ? tf.math.add(last, tf.constant(1)) : last;
    Operand<TInt32> rows = of(sizes.stream().map(MapSize::rows).toList(), levels);
    Operand<TInt32> columns = of(sizes.stream().map(MapSize::columns).toList(), levels);
    Operand<TInt32> start = tf.math.add(tf.math.mul(images, all), of(before, levels));
    RoiAlign.Region region = settings.region(tf, boxes, scales(levels));
    Operand<TInt32> width = Taps.column(tf, columns);
    Operand<TInt32> height = Taps.column(tf, rows);
    Taps vertical = Taps.of(tf, settings, region.y(), region.height(), height);
    Taps horizontal = Taps.of(tf, settings, region.x(), region.width(), width);
    Operand<TFloat32> matrix = matrix();
    Operand<TInt32> origin = Taps.column(tf, start);
    Operand<TFloat32> sum = null;
    for (int i = 0; i < vertical.count(); i++) {
      Operand<TInt32> line = tf.math.add(origin, tf.math.mul(vertical.index(i), width));
      Operand<TFloat32> row = null;
      for (int j = 0; j < horizontal.count(); j++) {
        Operand<TInt32> index =
            tf.math.add(
                tf.expandDims(line, tf.constant(2)),
                tf.expandDims(horizontal.index(j), tf.constant(1)));
        Operand<TFloat32> found = tf.gather(matrix, index, axis);
        row = added(row, tf.math.mul(found, shaped(horizontal.weight(j), 1)));
      }
      sum = added(sum, tf.math.mul(row, shaped(vertical.weight(i), 2)));
    }
    return tf.reshape(sum, tf.constant(settings.outputShape(boxes, pyramid.channels())));
  }

  private Operand<TFloat32> added(Operand<TFloat32> sum, Operand<TFloat32> next) {
    return sum == null ? next : tf.math.add(sum, next);
  }

  /** Returns the values of each region's level. */
  private Operand<TInt32> of(List<Operand<TInt32>> values, Operand<TInt32> levels) {
    return tf.gather(tf.stack(values), levels, axis);
  }

  private Operand<TFloat32> scales(Operand<TInt32> levels) {
    float[] scales = new float[pyramid.levels()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1f / pyramid.strides().get(i);
    }
    return tf.gather(tf.constant(scales), levels, axis);
  }

  // OpenVINO concatenates in place what the first level's other consumers read, unless there is a
  // constant among it.
  private boolean hasSpare() {
    return pyramid.levels() > 1 && pyramid.maps().get(0).shape().get(0) > 0;
  }

  /**
   * Returns the pixels (N · ΣHW, C): of each image, one level after the other, and a spare one of
   * zeros.
   */
  private Operand<TFloat32> matrix() {
    int channels = pyramid.channels();
    List<Operand<TFloat32>> flat = new ArrayList<>();
    for (Operand<TFloat32> map : pyramid.maps()) {
      flat.add(tf.reshape(map, flatShape(map, channels)));
    }
    if (hasSpare()) {
      long images = pyramid.maps().get(0).shape().get(0);
      Shape spare = Shape.of(images, 1, channels);
      float[] zeros = new float[Math.toIntExact(spare.size())];
      flat.add(tf.constant(spare, DataBuffers.of(zeros)));
    }
    return tf.reshape(
        flat.size() == 1 ? flat.get(0) : tf.concat(flat, tf.constant(1)),
        tf.constant(new int[] {-1, channels}));
  }

  private Operand<TInt32> flatShape(Operand<TFloat32> map, int channels) {
    if (Shapes.hasStaticSize(map)) {
      int pixels = Math.multiplyExact(Shapes.height(map), Shapes.width(map));
      return tf.constant(new int[] {-1, pixels, channels});
    }
    MapSize size = MapSize.of(tf, map);
    return tf.stack(
        List.of(tf.constant(-1), tf.math.mul(size.rows(), size.columns()), tf.constant(channels)));
  }

  // (R, size) as (R, size, 1, 1) or (R, 1, size, 1).
  private Operand<TFloat32> shaped(Operand<TFloat32> weight, int newDimension) {
    return tf.expandDims(tf.expandDims(weight, tf.constant(newDimension)), tf.constant(3));
  }
}
