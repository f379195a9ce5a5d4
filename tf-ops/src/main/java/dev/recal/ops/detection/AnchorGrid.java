package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The anchors of one level of a pyramid: in each cell, a box for each ratio and size.
 *
 * <p>A box of size s and ratio r = h / w has w = s / √r and h = s √r. Its place and rounding depend
 * on the conventions; with a stride of 4 and size 32, the square is (−14, −14, 17, 17) in {@link
 * Conventions#LEGACY}, otherwise (−16, −16, 16, 16). The order is row, column, ratio, size.
 *
 * @param conventions legacy, plain or torchvision
 * @param stride pixels of the image for each cell
 * @param sizes square roots of areas in pixels
 * @param ratios heights over widths
 */
public record AnchorGrid(
    Conventions conventions, int stride, List<Double> sizes, List<Double> ratios) {

  private static final List<Double> RATIOS = List.of(0.5, 1., 2.);

  /** Rejects numbers that are not positive, and empty lists. */
  public AnchorGrid {
    Objects.requireNonNull(conventions, "conventions");
    Arguments.atLeast(1, "stride", stride);
    sizes = List.copyOf(sizes);
    ratios = List.copyOf(ratios);
    Arguments.require(!sizes.isEmpty(), "sizes", "at least one size", sizes);
    Arguments.require(!ratios.isEmpty(), "ratios", "at least one ratio", ratios);
    sizes.forEach(size -> Arguments.positive("sizes", size));
    ratios.forEach(ratio -> Arguments.positive("ratios", ratio));
  }

  /** The three anchors of region proposals: size 8 · stride, ratios 0.5, 1, 2. */
  public static AnchorGrid proposals(Conventions conventions, int stride) {
    return proposals(conventions, stride, List.of(8.));
  }

  /**
   * Anchors of region proposals with the ratios 0.5, 1, 2.
   *
   * @param scales their sizes in strides
   */
  public static AnchorGrid proposals(Conventions conventions, int stride, List<Double> scales) {
    List<Double> sizes = scales.stream().map(scale -> scale * stride).toList();
    return new AnchorGrid(conventions, stride, sizes, RATIOS);
  }

  /**
   * The nine anchors of RetinaNet (Lin et al. 2017): sizes 4 · stride · 2^(0, ⅓, ⅔), ratios 0.5, 1,
   * 2. torchvision truncates the sizes to integers.
   */
  public static AnchorGrid retina(Conventions conventions, int stride) {
    List<Double> sizes = new ArrayList<>();
    for (int third = 0; third < 3; third++) {
      double size = 4 * stride * Math.pow(2, third / 3.);
      sizes.add(conventions == Conventions.TORCHVISION ? Math.floor(size) : size);
    }
    return new AnchorGrid(conventions, stride, sizes, RATIOS);
  }

  /** Returns the number of anchors of a cell. */
  public int perCell() {
    return sizes.size() * ratios.size();
  }

  /** Returns the anchors of the first cell, each x1, y1, x2, y2. */
  public List<float[]> firstCell() {
    List<float[]> boxes = new ArrayList<>();
    for (double ratio : ratios) {
      for (double size : sizes) {
        boxes.add(box(size / Math.sqrt(ratio), size * Math.sqrt(ratio)));
      }
    }
    return boxes;
  }

  private float[] box(double width, double height) {
    double centre = conventions.inclusive() ? (stride - 1) / 2. : 0;
    double right = (width - conventions.extra()) / 2;
    double below = (height - conventions.extra()) / 2;
    double[] box = {centre - right, centre - below, centre + right, centre + below};
    float[] result = new float[4];
    for (int i = 0; i < 4; i++) {
      // Both libraries round halves to the even integer.
      result[i] = (float) (conventions == Conventions.PLAIN ? box[i] : Math.rint(box[i]));
    }
    return result;
  }

  /**
   * Returns the anchors of all cells of a map.
   *
   * @param map (N, H, W, C); only its height and width matter
   * @return (H · W · anchors of a cell, 4), of static shape if the map's size is static
   */
  public Operand<TFloat32> build(Ops tf, Operand<?> map) {
    Operand<TInt32> step = tf.constant(stride);
    return build(tf, map, step, step);
  }

  /**
   * Returns the anchors of all cells of a level. {@link Conventions#TORCHVISION} divides the size
   * of the images by that of the map and rounds down: with 800 rows of pixels and 13 of the map at
   * a stride of 64, cells are 61 pixels apart.
   *
   * @param level whose stride this grid has, from 0
   * @return (H · W · anchors of a cell, 4), of static shape if the map's size is static
   */
  public Operand<TFloat32> build(Ops tf, Pyramid pyramid, int level) {
    Operand<TFloat32> map = pyramid.maps().get(level);
    if (conventions != Conventions.TORCHVISION) {
      return build(tf, map);
    }
    Operand<TInt32> finest = tf.constant(pyramid.strides().get(0));
    MapSize first = MapSize.of(tf, pyramid.maps().get(0));
    MapSize size = MapSize.of(tf, map);
    return build(
        tf,
        map,
        tf.math.floorDiv(tf.math.mul(first.rows(), finest), size.rows()),
        tf.math.floorDiv(tf.math.mul(first.columns(), finest), size.columns()));
  }

  private Operand<TFloat32> build(
      Ops tf, Operand<?> map, Operand<TInt32> rowStep, Operand<TInt32> columnStep) {
    MapSize size = MapSize.of(tf, map);
    Operand<TFloat32> x =
        tf.reshape(offsets(tf, size.columns(), columnStep), tf.constant(new int[] {1, -1, 1, 1}));
    Operand<TFloat32> y =
        tf.reshape(offsets(tf, size.rows(), rowStep), tf.constant(new int[] {-1, 1, 1, 1}));
    Operand<TFloat32> shifts =
        tf.math.add(
            tf.math.mul(x, tf.constant(new float[] {1, 0, 1, 0})),
            tf.math.mul(y, tf.constant(new float[] {0, 1, 0, 1})));
    Operand<TFloat32> boxes = tf.math.add(shifts, first(tf));
    int count =
        Shapes.hasStaticSize(map)
            ? Math.multiplyExact(
                Math.multiplyExact(Shapes.height(map), Shapes.width(map)), perCell())
            : -1;
    return tf.reshape(boxes, tf.constant(new int[] {count, 4}));
  }

  private static Operand<TFloat32> offsets(Ops tf, Operand<TInt32> cells, Operand<TInt32> step) {
    Operand<TInt32> indices = tf.range(tf.constant(0), cells, tf.constant(1));
    return tf.dtypes.cast(tf.math.mul(indices, step), TFloat32.class);
  }

  private Operand<TFloat32> first(Ops tf) {
    float[] values = new float[4 * perCell()];
    int at = 0;
    for (float[] box : firstCell()) {
      System.arraycopy(box, 0, values, at, 4);
      at += 4;
    }
    return tf.constant(Shape.of(perCell(), 4), DataBuffers.of(values));
  }
}
