package dev.recal.graphs.explain;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.detection.Detector;
import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.detection.InferenceSettings;
import dev.recal.graphs.detection.serving.DetectorServable;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * The values that the layers of a trained detector publish for an image: of its backbone, its
 * pyramid and its heads. Layers of heads on regions publish a value for each region, of which the
 * mean is returned.
 *
 * <p>Grad-CAM, which {@link Explainer} adds, explains the class of a whole image, which a detector
 * does not have.
 *
 * <p>Thread-safe.
 */
public final class DetectorExplainer implements AutoCloseable {

  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TString> files;
  private final Operand<TFloat32> input;
  private final List<Operand<?>> values = new ArrayList<>();
  private final List<String> published = new ArrayList<>();

  /**
   * An image with published values.
   *
   * @param pixels the detector's input, three planes: red, green, blue, from 0 to 1
   * @param inner in network order
   */
  public record Values(List<Plane> pixels, List<InnerValue> inner) {
    /** Copies the lists. */
    public Values {
      pixels = List.copyOf(pixels);
      inner = List.copyOf(inner);
    }
  }

  /**
   * Builds the detector and reads its weights.
   *
   * @param settings which regions are proposed
   * @param evaluation how files are resized
   * @param size of the detector's input
   * @param weights of the detector
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it does not contain the detector
   */
  public DetectorExplainer(
      Detector detector,
      InferenceSettings settings,
      Augmentation evaluation,
      DetectorServable.Size size,
      InitialWeights weights)
      throws IOException {
    Session opened = null;
    try {
      Ops tf = GraphScope.ops(graph);
      files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(1)));
      Images.SizedBatch decoded = evaluation.decodeSized(tf, files, size.height(), size.width());
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.serving());
      input = DetectorServable.padded(context.tf(), alone(tf, decoded));
      new DetectorInference(detector, settings).build(context, input, decoded.sizes());
      context.published().forEach(this::add);
      Saver saver = weights.reader(tf, store.all());
      opened = Sessions.open(graph);
      saver.restore(opened, weights.prefix());
      session = opened;
    } catch (RuntimeException | IOException | Error refused) {
      if (opened != null) {
        opened.close();
      }
      graph.close();
      throw refused;
    }
  }

  // Without the rest of the canvas, which would be most of the picture.
  private static Operand<TFloat32> alone(Ops tf, Images.SizedBatch decoded) {
    Operand<TInt32> size =
        tf.reshape(tf.dtypes.cast(decoded.sizes(), TInt32.class), tf.constant(new int[] {2}));
    Operand<TInt32> whole =
        tf.concat(
            List.of(tf.constant(new int[] {1}), size, tf.constant(new int[] {3})), tf.constant(0));
    return tf.ensureShape(
        tf.slice(decoded.images(), tf.constant(new int[4]), whole), Shape.of(1, -1, -1, 3));
  }

  private void add(String name, Operand<?> value) {
    if (value.type() == TFloat32.class || value.type() == TInt32.class) {
      published.add(name);
      values.add(value);
    }
  }

  /** Whether no layer publishes values. */
  public boolean isEmpty() {
    return published.isEmpty();
  }

  /**
   * Returns the values for an image.
   *
   * @param encoded a JPEG, PNG, GIF or BMP file
   * @throws IllegalArgumentException if the file cannot be decoded
   */
  public Values explain(byte[] encoded) {
    try (TString bytes = TString.tensorOfBytes(NdArrays.vectorOfObjects(encoded))) {
      Session.Runner runner = session.runner().feed(files, bytes).fetch(input);
      values.forEach(runner::fetch);
      try (Result result = runner.run()) {
        InnerValue image = InnerValue.of("/image", result.get(0));
        List<InnerValue> inner = new ArrayList<>();
        for (int i = 0; i < published.size(); i++) {
          inner.add(InnerValue.of(published.get(i), result.get(1 + i)));
        }
        return new Values(IntStream.range(0, 3).mapToObj(image::plane).toList(), inner);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
