package dev.recal.graphs.data.targets;

import dev.recal.graphs.data.items.ImageGraph;
import dev.recal.graphs.data.items.MapFunction;
import dev.recal.ops.image.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Objects in a graph: those of an image are found, moved with its pixels, clipped to the image as
 * delivered, dropped if too small, and stored in a fixed number of slots.
 */
final class ObjectGraph extends TargetGraph {
  private final int places;
  private final ObjectSettings settings;
  private final Optional<Shape> maskShape;

  /**
   * Takes over the tensors of an {@link ObjectTable}.
   *
   * @param height of the delivered images, −1 if it varies
   * @param width of the delivered images, −1 if it varies
   */
  ObjectGraph(
      Map<String, Tensor> table, int places, int height, int width, ObjectSettings settings) {
    super(table);
    this.places = places;
    this.settings = settings;
    if (settings.masks() instanceof ObjectSettings.MaskForm.Boxes boxes) {
      maskShape = Optional.of(Shape.of(places, boxes.size(), boxes.size()));
    } else if (settings.masks() instanceof ObjectSettings.MaskForm.Whole) {
      maskShape = Optional.of(Shape.of(places, height, width));
    } else {
      maskShape = Optional.empty();
    }
  }

  @Override
  public boolean moves() {
    return true;
  }

  @Override
  public List<MapFunction.Value> components() {
    List<MapFunction.Value> components = new ArrayList<>();
    components.add(new MapFunction.Value("boxes", TFloat32.class, Shape.of(places, 4)));
    components.add(new MapFunction.Value("labels", TInt32.class, Shape.of(places)));
    components.add(new MapFunction.Value("crowds", TBool.class, Shape.of(places)));
    components.add(new MapFunction.Value("count", TInt32.class, Shape.scalar()));
    components.add(new MapFunction.Value("size", TFloat32.class, Shape.of(2)));
    components.add(new MapFunction.Value("original", TFloat32.class, Shape.of(2)));
    components.add(new MapFunction.Value("item", TInt32.class, Shape.scalar()));
    maskShape.ifPresent(
        shape -> components.add(new MapFunction.Value("masks", TUint8.class, shape)));
    return components;
  }

  @Override
  public TargetBatch batch(List<Operand<?>> delivered) {
    return new TargetBatch.Objects(
        ImageGraph.typed(delivered.get(0), TFloat32.class),
        ImageGraph.typed(delivered.get(1), TInt32.class),
        ImageGraph.typed(delivered.get(2), TBool.class),
        ImageGraph.typed(delivered.get(3), TInt32.class),
        ImageGraph.typed(delivered.get(4), TFloat32.class),
        ImageGraph.typed(delivered.get(5), TFloat32.class),
        ImageGraph.typed(delivered.get(6), TInt32.class),
        maskShape.map(shape -> ImageGraph.typed(delivered.get(7), TUint8.class)));
  }

  @Override
  public List<Operand<?>> read(
      Ops tf, MapFunction.Arguments arguments, Operand<TInt32> item, Geometry geometry) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> firsts = arguments.get(ObjectTable.FIRST, TInt32.class);
    Operand<TInt32> first = tf.gather(firsts, item, axis);
    Operand<TInt32> end = tf.gather(firsts, tf.math.add(item, one), axis);
    Operand<TInt32> rows = tf.range(first, end, one);
    Operand<TInt32> sides = tf.gather(arguments.get(ObjectTable.SIDES, TInt32.class), item, axis);
    Placement placement = geometry.placement(tf, sides);
    Operand<TFloat32> stored =
        tf.gather(arguments.get(ObjectTable.BOXES, TFloat32.class), rows, axis);
    Operand<TFloat32> size = ImageGraph.floats(tf, geometry.size(tf, sides));
    Operand<TFloat32> moved = clipped(tf, moved(tf, stored, placement), size);
    Operand<TInt32> kept = compacted(tf, large(tf, moved));
    Operand<TFloat32> boxes = tf.gather(moved, kept, axis);
    Operand<TInt32> keptRows = tf.gather(rows, kept, axis);
    Operand<TInt32> free = tf.math.sub(tf.constant(places), tf.size(kept));
    List<Operand<?>> target = new ArrayList<>();
    target.add(padded(tf, boxes, free, tf.constant(0f), Shape.of(places, 4)));
    target.add(
        padded(
            tf,
            tf.gather(arguments.get(ObjectTable.LABELS, TInt32.class), keptRows, axis),
            free,
            tf.constant(-1),
            Shape.of(places)));
    target.add(
        padded(
            tf,
            tf.gather(arguments.get(ObjectTable.CROWDS, TBool.class), keptRows, axis),
            free,
            tf.constant(false),
            Shape.of(places)));
    target.add(tf.size(kept));
    target.add(size);
    target.add(ImageGraph.floats(tf, sides));
    target.add(item);
    if (maskShape.isPresent()) {
      MaskRuns runs = MaskRuns.of(tf, arguments, first, end, sides);
      SourceGrid grid =
          settings.masks() instanceof ObjectSettings.MaskForm.Boxes form
              ? SourceGrid.ofBoxes(tf, placement, boxes, form.size())
              : SourceGrid.ofImage(tf, placement, geometry.canvas(tf));
      Operand<TUint8> zero = tf.dtypes.cast(tf.constant(0), TUint8.class);
      target.add(padded(tf, runs.at(tf, grid, kept), free, zero, maskShape.get()));
    }
    return target;
  }

  /** Boxes after the geometry: the smaller edge first, also after mirroring. */
  private static Operand<TFloat32> moved(Ops tf, Operand<TFloat32> boxes, Placement placement) {
    Operand<TInt32> two = tf.constant(new int[] {-1, 2});
    Operand<TFloat32> a = placement.apply(tf, tf.slice(boxes, tf.constant(new int[] {0, 0}), two));
    Operand<TFloat32> b = placement.apply(tf, tf.slice(boxes, tf.constant(new int[] {0, 2}), two));
    return tf.concat(List.of(tf.math.minimum(a, b), tf.math.maximum(a, b)), tf.constant(1));
  }

  private static Operand<TFloat32> clipped(
      Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> size) {
    Operand<TFloat32> limits = tf.concat(List.of(size, size), tf.constant(0));
    return tf.math.maximum(tf.math.minimum(boxes, limits), tf.constant(0f));
  }

  /** Which boxes have enough left of both sides. */
  private Operand<TBool> large(Ops tf, Operand<TFloat32> boxes) {
    Operand<TInt32> two = tf.constant(new int[] {-1, 2});
    Operand<TFloat32> sides =
        tf.math.sub(
            tf.slice(boxes, tf.constant(new int[] {0, 2}), two),
            tf.slice(boxes, tf.constant(new int[] {0, 0}), two));
    Operand<TFloat32> shorter = tf.min(sides, tf.constant(1));
    return tf.math.logicalAnd(
        tf.math.greater(shorter, tf.constant(0f)),
        tf.math.greaterEqual(shorter, tf.constant((float) settings.minSide())));
  }

  /** The indices of as many true values as there are places. */
  private Operand<TInt32> compacted(Ops tf, Operand<TBool> wanted) {
    Operand<TInt64> found = tf.reshape(tf.where(wanted), tf.constant(new int[] {-1}));
    Operand<TInt32> count = tf.math.minimum(tf.size(found), tf.constant(places));
    Operand<TInt64> first =
        tf.slice(found, tf.constant(new int[] {0}), tf.expandDims(count, tf.constant(0)));
    return tf.dtypes.cast(first, TInt32.class);
  }

  private static <T extends TType> Operand<T> padded(
      Ops tf, Operand<T> rows, Operand<TInt32> free, Operand<T> filling, Shape shape) {
    int rank = shape.numDimensions();
    Operand<TInt32> zero = tf.constant(0);
    List<Operand<TInt32>> paddings = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      paddings.add(tf.stack(List.of(zero, axis == 0 ? free : zero)));
    }
    return tf.ensureShape(tf.pad(rows, tf.stack(paddings), filling), shape);
  }
}
