package dev.recal.graphs.detection.serving;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.detection.Detections;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.detection.InferenceSettings;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Shapes;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * A detector as a servable graph. Its outputs have the names and types of the TensorFlow Object
 * Detection API, K objects of each image by falling score:
 *
 * <ul>
 *   <li>{@code detection_boxes} float32 (N, K, 4): ymin, xmin, ymax, xmax from 0 to 1 of the image;
 *   <li>{@code detection_classes} float32 (N, K): 1 for the first label, 0 behind the last object;
 *   <li>{@code detection_scores} float32 (N, K), probabilities;
 *   <li>{@code num_detections} float32 (N);
 *   <li>{@code detection_masks} float32 (N, K, 28, 28), of detectors with masks: the probability of
 *       each cell of the box.
 * </ul>
 *
 * <p>Signatures:
 *
 * <ul>
 *   <li>{@code serving_default} and {@code detect}: {@code images} float32 (N, H, W, 3) in 0–1, of
 *       any height and width, as they are: not resized. A side should be near that of training;
 *   <li>{@code detect_padded}: {@code images} and {@code image_sizes} int32 (N, 2), the height and
 *       width of each image without padding on the right and at the bottom, whose values do not
 *       matter; boxes are relative to that size;
 *   <li>{@code detect_bytes}: {@code image_bytes} string (N), files of any sizes, resized as in
 *       evaluation; boxes are relative to the file's image;
 *   <li>{@code detect_lite}: {@code images} (1, height, width, 3) of the detector's input size,
 *       only with operations that TensorFlow Lite has itself;
 *   <li>{@code recalibration}, if layers publish values: {@code images} → gates and others.
 * </ul>
 */
public final class DetectorServable {

  private static final String IMAGES = "images";
  private static final int COARSEST = 32;

  private final VariableStore store;
  private final Ops tf;
  private final Detector detector;
  private final InferenceSettings settings;
  private final Size size;
  private final List<ServableSignature> signatures = new ArrayList<>();

  /**
   * The detector's input.
   *
   * @param height in pixels
   * @param width in pixels
   */
  public record Size(int height, int width) {
    /** Rejects sizes below 1. */
    public Size {
      Arguments.atLeast(1, "height", height);
      Arguments.atLeast(1, "width", width);
    }
  }

  private DetectorServable(Graph graph, Detector detector, InferenceSettings settings, Size size) {
    this.store = new VariableStore(graph, 0);
    this.tf = GraphScope.ops(graph);
    this.detector = detector;
    this.settings = settings;
    this.size = size;
  }

  /**
   * Builds a servable in an empty graph.
   *
   * @param graph an empty graph
   * @param detector for as many classes as there are labels
   * @param settings which detections are kept
   * @param labels the class names
   * @param evaluation how images from files are resized
   * @param size of the detector's input for files and for TensorFlow Lite
   */
  public static Servable build(
      Graph graph,
      Detector detector,
      InferenceSettings settings,
      List<String> labels,
      Augmentation evaluation,
      Size size) {
    Arguments.require(
        labels.size() == detector.classes(),
        "labels",
        "one for each of the " + detector.classes() + " classes",
        labels.size());
    DetectorServable servable = new DetectorServable(graph, detector, settings, size);
    servable.detect();
    servable.detectPadded();
    servable.detectFiles(evaluation);
    servable.detectLite();
    return new Servable(servable.store, servable.signatures, labels);
  }

  private void detect() {
    Placeholder<TFloat32> images = images(IMAGES, Shape.of(-1, -1, -1, 3));
    BuildContext context = tower("serving");
    Ops ops = context.tf();
    Operand<TFloat32> sizes = wholeSizes(ops, images);
    Map<String, Operand<?>> outputs =
        outputs(ops, found(context, padded(ops, images), sizes, settings), sizes);
    Map<String, Operand<?>> inputs = Map.of(IMAGES, images);
    signatures.add(new ServableSignature("serving_default", inputs, outputs));
    signatures.add(new ServableSignature("detect", inputs, outputs));
    if (!context.published().isEmpty()) {
      signatures.add(new ServableSignature("recalibration", inputs, context.published()));
    }
  }

  private void detectPadded() {
    Placeholder<TFloat32> images = images("padded_images", Shape.of(-1, -1, -1, 3));
    Placeholder<TInt32> given =
        tf.withName("image_sizes").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
    BuildContext context = tower("detect_padded");
    Ops ops = context.tf();
    Operand<TFloat32> sizes = ops.dtypes.cast(given, TFloat32.class);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(IMAGES, images);
    inputs.put("image_sizes", given);
    signatures.add(
        new ServableSignature(
            "detect_padded",
            inputs,
            outputs(ops, found(context, padded(ops, images), sizes, settings), sizes)));
  }

  private void detectFiles(Augmentation evaluation) {
    Placeholder<TString> files =
        tf.withName("image_bytes")
            .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Images.SizedBatch decoded =
        evaluation.decodeSized(tf.withSubScope("decode"), files, size.height(), size.width());
    BuildContext context = tower("detect_bytes");
    Ops ops = context.tf();
    signatures.add(
        new ServableSignature(
            "detect_bytes",
            Map.of("image_bytes", files),
            outputs(
                ops,
                found(context, padded(ops, decoded.images()), decoded.sizes(), settings),
                decoded.sizes())));
  }

  private void detectLite() {
    Placeholder<TFloat32> image = images("image", Shape.of(1, size.height(), size.width(), 3));
    BuildContext context = tower("detect_lite");
    Ops ops = context.tf();
    Operand<TFloat32> sizes = ops.constant(new float[][] {{size.height(), size.width()}});
    signatures.add(
        new ServableSignature(
            "detect_lite",
            Map.of(IMAGES, image),
            outputs(ops, found(context, padded(ops, image), sizes, settings.forLite()), sizes)));
  }

  private Placeholder<TFloat32> images(String name, Shape shape) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private BuildContext tower(String name) {
    return BuildContext.of(store, Tower.serving().named(name));
  }

  private Detections found(
      BuildContext context,
      Operand<TFloat32> images,
      Operand<TFloat32> sizes,
      InferenceSettings chosen) {
    return new DetectorInference(detector, chosen).build(context, images, sizes);
  }

  // Height and width of the images for each of them, (N, 2).
  private static Operand<TFloat32> wholeSizes(Ops tf, Operand<TFloat32> images) {
    Operand<TInt32> side =
        tf.slice(tf.shape(images), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    Operand<TInt32> count = Shapes.size(tf, images, 0);
    Operand<TFloat32> row =
        tf.reshape(tf.dtypes.cast(side, TFloat32.class), tf.constant(new int[] {1, 2}));
    return tf.tile(row, tf.stack(List.of(count, tf.constant(1))));
  }

  /**
   * Pads images on the right and at the bottom to whole cells of stride 32; what is added does not
   * matter, if the detector gets the sizes without it.
   *
   * @param images (N, H, W, 3)
   */
  public static Operand<TFloat32> padded(Ops tf, Operand<TFloat32> images) {
    if (Shapes.hasStaticSize(images)) {
      int below = missing(Shapes.height(images));
      int right = missing(Shapes.width(images));
      int[][] border = {{0, 0}, {0, below}, {0, right}, {0, 0}};
      return below + right == 0 ? images : tf.pad(images, tf.constant(border), tf.constant(0f));
    }
    Operand<TInt32> none = tf.constant(new int[] {0, 0});
    Operand<TInt32> border =
        tf.stack(List.of(none, missing(tf, images, 1), missing(tf, images, 2), none));
    return tf.pad(images, border, tf.constant(0f));
  }

  private static int missing(int side) {
    return Math.floorMod(-side, COARSEST);
  }

  private static Operand<TInt32> missing(Ops tf, Operand<TFloat32> images, int dimension) {
    Operand<TInt32> cell = tf.constant(COARSEST);
    Operand<TInt32> side = Shapes.size(tf, images, dimension);
    Operand<TInt32> cells = tf.math.floorDiv(tf.math.add(side, tf.constant(COARSEST - 1)), cell);
    return tf.stack(List.of(tf.constant(0), tf.math.sub(tf.math.mul(cells, cell), side)));
  }

  private Map<String, Operand<?>> outputs(Ops tf, Detections found, Operand<TFloat32> sizes) {
    Operand<TInt32> last = tf.constant(2);
    float extra = detector.conventions().inclusive() ? 1 : 0;
    // An inclusive box ends at its last pixel.
    Operand<TFloat32> edges =
        tf.math.add(found.boxes(), tf.constant(new float[] {0, 0, extra, extra}));
    Operand<TFloat32> order = tf.gather(edges, tf.constant(new int[] {1, 0, 3, 2}), last);
    Operand<TFloat32> limits =
        tf.expandDims(tf.concat(List.of(sizes, sizes), tf.constant(1)), tf.constant(1));
    Operand<TFloat32> positions =
        tf.dtypes.cast(
            tf.range(tf.constant(0), Shapes.size(tf, found.scores(), 1), tf.constant(1)),
            TFloat32.class);
    Operand<TFloat32> counts = tf.dtypes.cast(found.counts(), TFloat32.class);
    Operand<TFloat32> present =
        tf.dtypes.cast(
            tf.math.less(positions, tf.expandDims(counts, tf.constant(1))), TFloat32.class);
    Operand<TFloat32> classes =
        tf.math.add(tf.dtypes.cast(found.classes(), TFloat32.class), tf.constant(1f));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(
        "detection_boxes",
        tf.math.mul(tf.math.div(order, limits), tf.expandDims(present, tf.constant(2))));
    outputs.put("detection_classes", tf.math.mul(classes, present));
    outputs.put("detection_scores", found.scores());
    outputs.put("num_detections", counts);
    found.masks().ifPresent(masks -> outputs.put("detection_masks", masks));
    return outputs;
  }
}
