package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * RoIAlign (He et al. 2017): bilinear samples of a map at a fixed number of points of each region,
 * averaged in bins.
 *
 * <p>There are three forms with equal results up to rounding, also for regions that cross the
 * border:
 *
 * <ul>
 *   <li>{@link #build}: {@code CropAndResize} of the map padded by one mirrored pixel, then average
 *       pooling. The padding reproduces what RoIAlign does between −1 and 0, where {@code
 *       CropAndResize} alone returns 0. Not for training: TensorFlow's gradient of {@code
 *       CropAndResize} on a CPU adds from several threads without synchronisation, and now and then
 *       loses parts (relative errors of 0.01 to 0.04 in one of several runs).
 *   <li>{@link #sparseProduct}: for each level the product of a sparse matrix, which has the
 *       weights of pixels in bins, and the map. For training: its gradient is exact, the same in
 *       equal runs on a CPU, and as fast. The gradient is a {@link
 *       dev.recal.ops.gradient.CompositeGradient}.
 *   <li>{@link #gathered}: a gather for each neighbour of each sample. All shapes are static if
 *       those of the arguments are, and TensorFlow Lite needs no other operations than its own; it
 *       has no {@code CropAndResize}. Its gradient is exact and TensorFlow's own. It reads 4 ·
 *       ratio² maps of the output's size, and takes several times as long.
 * </ul>
 *
 * <p>No gradient flows to the boxes. A region whose coordinates are not finite is placed outside of
 * the map, where all samples are 0. The number of samples is fixed; the adaptive number of
 * mmdetection 2 (a sampling ratio of 0) is not offered.
 *
 * @param size rows and columns of bins
 * @param samplingRatio rows and columns of samples in a bin
 * @param aligned whether coordinates are shifted by half a pixel of the map, so that its pixels'
 *     centres are at halves
 * @param inclusive whether x2 and y2 are the last pixels of a box, as in {@link Conventions#LEGACY}
 * @param minimumExtent of a region, in pixels of the map
 */
public record RoiAlign(
    int size, int samplingRatio, boolean aligned, boolean inclusive, float minimumExtent) {

  // The size of a region from which the second level is used is twice this, with strides from 4.
  private static final float FINEST_AT_STRIDE_FOUR = 56;

  /** Rejects sizes below 1 and a negative extent. */
  public RoiAlign {
    Arguments.atLeast(1, "size", size);
    Arguments.atLeast(1, "samplingRatio", samplingRatio);
    Arguments.require(
        minimumExtent >= 0 && Float.isFinite(minimumExtent),
        "minimumExtent",
        "at least 0",
        minimumExtent);
  }

  /**
   * Returns the settings of a convention, with a sampling ratio of 2: legacy and torchvision do not
   * shift; legacy adds the last pixel; torchvision's regions have at least one pixel of the map.
   */
  public static RoiAlign of(Conventions conventions, int size) {
    return switch (conventions) {
      case LEGACY -> new RoiAlign(size, 2, false, true, 0);
      case PLAIN -> new RoiAlign(size, 2, true, false, 0);
      case TORCHVISION -> new RoiAlign(size, 2, false, false, 1);
    };
  }

  /**
   * Pools regions, each from the level that fits its size; see {@link #levels}.
   *
   * @param boxes (R, 4)
   * @param images (R): the index of each box's image in the maps
   * @return (R, size, size, C)
   */
  public Operand<TFloat32> build(
      Ops tf, Pyramid pyramid, Operand<TFloat32> boxes, Operand<TInt32> images) {
    require(boxes, images);
    return each(tf, pyramid, boxes, images, this::pooled);
  }

  /**
   * Pools the same regions as products with sparse matrices; see the class.
   *
   * @param boxes (R, 4)
   * @param images (R): the index of each box's image in the maps
   * @return (R, size, size, C)
   */
  public Operand<TFloat32> sparseProduct(
      Ops tf, Pyramid pyramid, Operand<TFloat32> boxes, Operand<TInt32> images) {
    require(boxes, images);
    return each(tf, pyramid, boxes, images, this::multiplied);
  }

  /**
   * Pools the same regions with gathers; see the class.
   *
   * @param boxes (R, 4)
   * @param images (R): the index of each box's image in the maps
   * @return (R, size, size, C)
   */
  public Operand<TFloat32> gathered(
      Ops tf, Pyramid pyramid, Operand<TFloat32> boxes, Operand<TInt32> images) {
    require(boxes, images);
    Operand<TInt32> levels = levels(tf, pyramid, boxes);
    return new GatheredRegions(tf, this, pyramid).build(boxes, images, levels);
  }

  /**
   * Returns the index of the level from which each region is pooled (Lin et al. 2017): ⌊log2(√(w h)
   * / (14 · first stride) + 1e-6)⌋, limited to the levels. This is level 4 at a size of 224, if the
   * first level is 2.
   *
   * @param boxes (R, 4)
   * @return (R)
   */
  public Operand<TInt32> levels(Ops tf, Pyramid pyramid, Operand<TFloat32> boxes) {
    Boxes.requireList("boxes", boxes);
    List<Operand<TFloat32>> box = Boxes.coordinates(tf, Boxes.bounded(tf, boxes));
    Conventions widths = inclusive ? Conventions.LEGACY : Conventions.PLAIN;
    Operand<TFloat32> area =
        tf.math.mul(
            Boxes.notNegative(tf, widths.width(tf, box)),
            Boxes.notNegative(tf, widths.height(tf, box)));
    float finest = FINEST_AT_STRIDE_FOUR / 4 * pyramid.strides().get(0);
    Operand<TFloat32> relative =
        tf.math.add(tf.math.div(tf.math.sqrt(area), tf.constant(finest)), tf.constant(1e-6f));
    // A comparison with each power of two: a logarithm in float32 is below 3 for 8.000001.
    Operand<TInt32> level = tf.dtypes.cast(tf.zerosLike(area), TInt32.class);
    for (int i = 1; i < pyramid.levels(); i++) {
      Operand<TBool> reached = tf.math.greaterEqual(relative, tf.constant((float) (1 << i)));
      level = tf.math.add(level, tf.dtypes.cast(reached, TInt32.class));
    }
    return level;
  }

  /** Pools regions from one level. */
  @FunctionalInterface
  private interface LevelPooling {
    Operand<TFloat32> pool(
        Ops tf, Pyramid pyramid, int level, Operand<TFloat32> boxes, Operand<TInt32> images);
  }

  // Pools each level's regions, and puts all in their order.
  private Operand<TFloat32> each(
      Ops tf,
      Pyramid pyramid,
      Operand<TFloat32> boxes,
      Operand<TInt32> images,
      LevelPooling pooling) {
    if (pyramid.levels() == 1) {
      return pooling.pool(tf, pyramid, 0, boxes, images);
    }
    Operand<TInt32> levels = levels(tf, pyramid, boxes);
    Operand<TInt32> rows = tf.constant(0);
    List<Operand<TInt32>> indices = new ArrayList<>();
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int level = 0; level < pyramid.levels(); level++) {
      Operand<TBool> here = tf.math.equal(levels, tf.constant(level));
      Operand<TInt32> found =
          tf.dtypes.cast(tf.reshape(tf.where(here), tf.constant(new int[] {-1})), TInt32.class);
      indices.add(found);
      parts.add(
          pooling.pool(
              tf, pyramid, level, tf.gather(boxes, found, rows), tf.gather(images, found, rows)));
    }
    return tf.reshape(
        tf.dynamicStitch(indices, parts), tf.constant(outputShape(boxes, pyramid.channels())));
  }

  private Operand<TFloat32> multiplied(
      Ops tf, Pyramid pyramid, int level, Operand<TFloat32> boxes, Operand<TInt32> images) {
    Region region = region(tf, boxes, tf.constant(1f / pyramid.strides().get(level)));
    Operand<TFloat32> bins =
        new SparseRegions(tf, this, pyramid.maps().get(level), pyramid.channels())
            .build(region, images);
    return tf.reshape(bins, tf.constant(outputShape(boxes, pyramid.channels())));
  }

  private Operand<TFloat32> pooled(
      Ops tf, Pyramid pyramid, int level, Operand<TFloat32> boxes, Operand<TInt32> images) {
    Operand<TFloat32> map = pyramid.maps().get(level);
    Region region = region(tf, boxes, tf.constant(1f / pyramid.strides().get(level)));
    int[][] border = {{0, 0}, {1, 1}, {1, 1}, {0, 0}};
    Operand<TFloat32> padded = tf.mirrorPad(map, tf.constant(border), "SYMMETRIC");
    MapSize size = MapSize.of(tf, map);
    int samples = size() * samplingRatio;
    float first = 0.5f / samples;
    float last = (samples - 0.5f) / samples;
    Operand<TFloat32> corners =
        Boxes.of(
            tf,
            List.of(
                normalised(tf, region.y(), region.height(), first, size.rows()),
                normalised(tf, region.x(), region.width(), first, size.columns()),
                normalised(tf, region.y(), region.height(), last, size.rows()),
                normalised(tf, region.x(), region.width(), last, size.columns())));
    Operand<TFloat32> crops =
        tf.image.cropAndResize(padded, corners, images, tf.constant(new int[] {samples, samples}));
    if (samplingRatio == 1) {
      return crops;
    }
    List<Long> window = List.of(1L, (long) samplingRatio, (long) samplingRatio, 1L);
    return tf.nn.avgPool(crops, window, window, "VALID");
  }

  // The place in the padded map, divided by its last index: what CropAndResize takes.
  private static Operand<TFloat32> normalised(
      Ops tf,
      Operand<TFloat32> start,
      Operand<TFloat32> extent,
      float share,
      Operand<TInt32> size) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> place = tf.math.add(start, tf.math.mul(extent, tf.constant(share)));
    Operand<TFloat32> end = tf.math.add(tf.dtypes.cast(size, TFloat32.class), one);
    return tf.math.div(tf.math.add(place, one), end);
  }

  /**
   * The place and extent of regions in pixels of the map, each (R).
   *
   * @param y upper edge
   * @param x left edge
   */
  record Region(
      Operand<TFloat32> y,
      Operand<TFloat32> x,
      Operand<TFloat32> height,
      Operand<TFloat32> width) {}

  /**
   * Returns the regions of boxes.
   *
   * @param scale pixels of the map for each pixel of the image: a scalar, or (R)
   */
  Region region(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> scale) {
    List<Operand<TFloat32>> box = Boxes.coordinates(tf, tf.stopGradient(Boxes.bounded(tf, boxes)));
    List<Operand<TFloat32>> placed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Operand<TFloat32> edge =
          inclusive && i >= 2 ? tf.math.add(box.get(i), tf.constant(1f)) : box.get(i);
      Operand<TFloat32> scaled = tf.math.mul(edge, scale);
      placed.add(aligned ? tf.math.sub(scaled, tf.constant(0.5f)) : scaled);
    }
    Operand<TFloat32> minimum = tf.constant(minimumExtent);
    return new Region(
        placed.get(1),
        placed.get(0),
        tf.math.maximum(tf.math.sub(placed.get(3), placed.get(1)), minimum),
        tf.math.maximum(tf.math.sub(placed.get(2), placed.get(0)), minimum));
  }

  /** Returns the shape of the output, with −1 for an unknown number of boxes. */
  int[] outputShape(Operand<TFloat32> boxes, int channels) {
    long count = boxes.shape().get(0);
    int rows = count == Shape.UNKNOWN_SIZE ? -1 : Math.toIntExact(count);
    return new int[] {rows, size, size, channels};
  }

  private static void require(Operand<TFloat32> boxes, Operand<TInt32> images) {
    Boxes.requireList("boxes", boxes);
    Boxes.requireSameCount("images", images, boxes);
  }
}
