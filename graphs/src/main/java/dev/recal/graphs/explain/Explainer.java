package dev.recal.graphs.explain;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.Stage;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TNumber;

/**
 * Explains a trained network: predictions, Grad-CAM, and the values that its layers publish.
 *
 * <p>Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): relu(Σ_c α_c A_c), with A the last stage's
 * map and α_c the mean over the map of the class logit's gradient at A_c.
 *
 * <p>Thread-safe.
 */
public final class Explainer implements AutoCloseable {

  // Prediction, class, probability, image, Grad-CAM; then the published values.
  private static final int FIXED = 5;

  private final Graph graph = Graphs.create();
  private final Session session;
  private final Placeholder<TString> files;
  private final Placeholder<TInt32> wanted;
  private final List<Operand<? extends TNumber>> fetches = new ArrayList<>();
  private final List<String> published = new ArrayList<>();

  /**
   * Builds the network and reads its weights.
   *
   * @param evaluation how files are resized
   * @param height of the images in pixels
   * @param width of the images in pixels
   * @param weights of the network
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it does not contain the network
   */
  public Explainer(
      Network network, Augmentation evaluation, int height, int width, InitialWeights weights)
      throws IOException {
    this(network, evaluation, height, width, weights, Outputs.oneClass());
  }

  /**
   * Builds a network of any classes and reads its weights.
   *
   * @param meaning of the logits
   * @throws IOException if the checkpoint is missing or damaged
   * @throws IllegalArgumentException if it does not contain the network, or the logits are not of
   *     classes
   */
  public Explainer(
      Network network,
      Augmentation evaluation,
      int height,
      int width,
      InitialWeights weights,
      Outputs meaning)
      throws IOException {
    try {
      if (meaning.kind() == OutputKind.NUMBERS) {
        throw new IllegalArgumentException(
            "model: expected one for classes, since Grad-CAM explains a class, but it answers with"
                + " numbers.");
      }
      Ops tf = GraphScope.ops(graph);
      files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(1)));
      wanted = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> images = evaluation.decode(tf, files, height, width);
      VariableStore store = new VariableStore(graph, 0);
      BuildContext context = BuildContext.of(store, Tower.inference());
      NetworkOutput output = network.build(context, images);
      fetch(tf, images, output, meaning);
      context.published().forEach(this::fetchPublished);
      Saver saver = weights.reader(tf, network, Math.min(height, width), store.all());
      session = restored(saver, weights.prefix());
    } catch (RuntimeException | IOException refused) {
      graph.close();
      throw refused;
    }
  }

  private Session restored(Saver saver, String checkpoint) {
    Session opened = Sessions.open(graph);
    try {
      saver.restore(opened, checkpoint);
      return opened;
    } catch (RuntimeException refused) {
      opened.close();
      throw refused;
    }
  }

  private void fetch(Ops tf, Operand<TFloat32> images, NetworkOutput output, Outputs meaning) {
    Operand<TInt32> predicted =
        tf.squeeze(tf.math.argMax(output.logits(), tf.constant(1), TInt32.class));
    Operand<TInt32> explained = tf.select(tf.math.less(wanted, tf.constant(0)), predicted, wanted);
    Operand<TFloat32> probabilities = meaning.answers(tf, output.logits());
    Operand<TFloat32> logit = tf.gather(output.logits(), explained, tf.constant(1));
    List<Stage> stages = List.copyOf(output.stages().values());
    Operand<TFloat32> map = stages.get(stages.size() - 1).map();
    Operand<TFloat32> gradient = Gradients.of(logit, List.of(map)).get(0);
    Operand<TInt32> places = tf.constant(new int[] {1, 2});
    Operand<TFloat32> alpha = tf.math.mean(gradient, places, Mean.keepDims(true));
    Operand<TFloat32> cam =
        tf.nn.relu(tf.reduceSum(tf.math.mul(map, alpha), tf.constant(3), ReduceSum.keepDims(true)));
    fetches.addAll(
        List.of(
            predicted,
            explained,
            tf.reduceMax(probabilities, tf.constant(new int[] {0, 1})),
            images,
            cam));
  }

  private void fetchPublished(String name, Operand<?> value) {
    if (value.type() == TFloat32.class || value.type() == TInt32.class) {
      published.add(name);
      fetches.add(number(value));
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<? extends TNumber> number(Operand<?> value) {
    return (Operand<? extends TNumber>) value;
  }

  /**
   * Explains an image.
   *
   * @param encoded a JPEG, PNG, GIF or BMP file
   * @param classIndex the class to explain; the predicted one if absent
   * @throws IllegalArgumentException if the file cannot be decoded
   */
  public Explanation explain(byte[] encoded, OptionalInt classIndex) {
    try (TString bytes = TString.tensorOfBytes(NdArrays.vectorOfObjects(encoded));
        TInt32 label = TInt32.scalarOf(classIndex.orElse(-1))) {
      Session.Runner runner = session.runner().feed(files, bytes).feed(wanted, label);
      fetches.forEach(runner::fetch);
      try (Result result = runner.run()) {
        return read(result);
      }
    }
  }

  private Explanation read(Result result) {
    InnerValue image = InnerValue.of("/image", result.get(3));
    InnerValue cam = InnerValue.of("/cam", result.get(4));
    List<InnerValue> values = new ArrayList<>();
    for (int i = 0; i < published.size(); i++) {
      values.add(InnerValue.of(published.get(i), result.get(FIXED + i)));
    }
    return new Explanation(
        IntStream.range(0, 3).mapToObj(image::plane).toList(),
        ((TInt32) result.get(0)).getInt(),
        ((TFloat32) result.get(2)).getFloat(),
        ((TInt32) result.get(1)).getInt(),
        cam.plane(0),
        values);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
