package dev.recal.tools.interop;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.classification.serving.TrainingSignature;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;

/**
 * Exports a network with random values, and writes the loss, gradients and statistics of one step
 * of Java's training to {@code reference.safetensors}.
 */
final class FineTuning {

  static final int SIZE = 16;
  static final String REFERENCE = "reference.safetensors";
  private static final int BATCH = 8;

  private FineTuning() {}

  /** Writes {@code directory/1} and {@code directory/reference.safetensors}. */
  static void export(Network network, Path directory) throws IOException {
    List<String> labels =
        IntStream.range(0, network.classes()).mapToObj(i -> "class " + i).toList();
    TensorValue images = images();
    try (Graph graph = new Graph()) {
      Servable servable =
          TrainingSignature.addTo(
              ClassifierServable.build(graph, network, labels, Augmentation.none(), SIZE, SIZE),
              network);
      Reference reference = new Reference(servable.store(), network, images);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        disturb(servable.store(), session);
        GoldenCase golden = new GoldenCase("serving_default", Map.of("images", images));
        new SavedModelWriter(new JsonObject(), List.of(golden)).write(servable, session, directory);
        Safetensors.write(directory.resolve(REFERENCE), reference.run(session), Map.of());
      }
    }
  }

  // Variables of zero would hide wrong gradients.
  private static void disturb(VariableStore store, Session session) {
    Random random = new Random(5);
    Map<String, float[]> before = store.values(session);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<TFloat32> variable : store.trainable()) {
      float[] value = before.get(variable.name());
      for (int i = 0; i < value.length; i++) {
        value[i] += (float) (0.1 * random.nextGaussian());
      }
      values.put(variable.name(), value);
    }
    store.assign(session, values);
  }

  private static TensorValue images() {
    Random random = new Random(3);
    float[] values = new float[BATCH * SIZE * SIZE * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TensorValue.of(values, BATCH, SIZE, SIZE, 3);
  }

  /** Java's training tower over the exported variables. */
  private static final class Reference {
    private final TensorValue images;
    private final int[] labels;
    private final VariableStore store;
    private final Operand<TFloat32> loss;
    private final List<Operand<TFloat32>> gradients;
    private final List<Op> updates;

    Reference(VariableStore store, Network network, TensorValue images) {
      this.store = store;
      this.images = images;
      this.labels = IntStream.range(0, BATCH).map(i -> i % network.classes()).toArray();
      Ops tf = GraphScope.ops(store.graph()).withSubScope("reference");
      BuildContext context = BuildContext.of(store, Tower.training());
      Operand<TFloat32> fed =
          tf.reshape(tf.constant(images.floats()), tf.constant(images.shape().asArray()));
      Operand<TFloat32> logits = network.build(context, fed).logits();
      Operand<TFloat32> targets =
          tf.oneHot(
              tf.constant(labels),
              tf.constant(network.classes()),
              tf.constant(1f),
              tf.constant(0f));
      loss =
          tf.math.mean(
              SoftmaxCrossEntropyWithLogits.create(tf.scope(), logits, targets).loss(),
              tf.constant(0));
      gradients = Gradients.of(loss, store.trainable().stream().map(Variable::read).toList());
      updates = context.updates();
    }

    Map<String, TensorValue> run(Session session) {
      Map<String, TensorValue> values = new LinkedHashMap<>();
      values.put("images", images);
      values.put("labels", TensorValue.of(labels, BATCH));
      Session.Runner step = session.runner().fetch(loss);
      gradients.forEach(step::fetch);
      try (Result result = step.run()) {
        values.put("loss", Tensors.toValue(result.get(0)));
        int index = 1;
        for (Variable<TFloat32> variable : store.trainable()) {
          values.put("gradient/" + variable.name(), Tensors.toValue(result.get(index++)));
        }
      }
      Session.Runner move = session.runner();
      updates.forEach(move::addTarget);
      if (!updates.isEmpty()) {
        move.run().close();
      }
      Map<String, float[]> after = store.values(session);
      for (Variable<?> variable : store.all()) {
        if (!variable.trainable()) {
          values.put(
              "statistic/" + variable.name(),
              new TensorValue(ElementType.FLOAT32, variable.shape(), after.get(variable.name())));
        }
      }
      return values;
    }
  }
}
