package dev.recal.savedmodels;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.Images;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A network of one convolution, a stored statistic and a dense layer, with all its signatures. */
final class TinyNetwork implements AutoCloseable {

  static final int SIZE = 8;
  static final List<String> LABELS = List.of("cat", "dog", "größte Kuh");

  final Graph graph = new Graph();
  final VariableStore store = new VariableStore(graph, 7);
  final Servable servable;
  final Session session;

  TinyNetwork() {
    BuildContext context = BuildContext.of(store, Tower.serving());
    Ops tf = Ops.create(graph);
    Placeholder<TFloat32> images =
        tf.withName("images")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIZE, SIZE, 3)));
    Placeholder<TString> bytes =
        tf.withName("image_bytes").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    Operand<TFloat32> decoded =
        Images.decodeBatch(
            tf.withSubScope("decode"),
            bytes,
            SIZE,
            SIZE,
            (ops, image) -> Images.resizeShorterSideAndCrop(ops, image, SIZE, SIZE, SIZE));
    // One network for both inputs, with shared variables.
    Weights weights = new Weights(context);
    Map<String, Operand<?>> byImage = weights.outputs(tf.withSubScope("by_image"), images);
    Map<String, Operand<?>> byBytes = weights.outputs(tf.withSubScope("by_bytes"), decoded);
    Map<String, Operand<?>> features = Map.of("stage1", byImage.remove("stage1"));
    byBytes.remove("stage1");
    Operand<TInt64> classes = tf.math.argMax(probabilities(byBytes), tf.constant(1));
    byBytes.put("classes", classes);
    byBytes.put(
        "labels",
        tf.gather(
            tf.constant(NdArrays.vectorOfObjects(LABELS.toArray(String[]::new))),
            classes,
            tf.constant(0)));
    // A variable that no signature reads is not exported.
    context.at("optimizer").statistic("slot", Shape.of(4), Initializer.zeros());
    servable =
        new Servable(
            store,
            List.of(
                new ServableSignature("serving_default", Map.of("images", images), byImage),
                new ServableSignature("serving_bytes", Map.of("image_bytes", bytes), byBytes),
                new ServableSignature("features", Map.of("images", images), features)),
            LABELS);
    session = new Session(graph);
    store.initialize(session);
    store.assign(session, Map.of("stage1/moving_mean", new float[] {0.1f, 0.2f, 0.3f, 0.4f}));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> probabilities(Map<String, Operand<?>> outputs) {
    return (Operand<TFloat32>) outputs.get("probabilities");
  }

  private static final class Weights {
    final Operand<TFloat32> kernel;
    final Operand<TFloat32> mean;
    final Operand<TFloat32> dense;
    final Operand<TFloat32> bias;

    Weights(BuildContext context) {
      BuildContext stage = context.at("stage1");
      BuildContext head = context.at("head");
      kernel = stage.weight("kernel", Shape.of(3, 3, 3, 4), new Normal(0f, 0.5f));
      mean = stage.statistic("moving_mean", Shape.of(4), Initializer.zeros()).read();
      dense = head.weight("kernel", Shape.of(4, 3), new Normal(0f, 0.5f));
      bias = head.weight("bias", Shape.of(3), Initializer.ones());
    }

    Map<String, Operand<?>> outputs(Ops tf, Operand<TFloat32> images) {
      Operand<TFloat32> convolved = tf.nn.conv2d(images, kernel, List.of(1L, 2L, 2L, 1L), "SAME");
      Operand<TFloat32> stage1 = tf.nn.relu(tf.math.sub(convolved, mean));
      Operand<TFloat32> pooled = tf.math.mean(stage1, tf.array(1, 2));
      Operand<TFloat32> logits = tf.math.add(tf.linalg.matMul(pooled, dense), bias);
      Map<String, Operand<?>> outputs = new LinkedHashMap<>();
      outputs.put("logits", logits);
      outputs.put("probabilities", tf.nn.softmax(logits));
      outputs.put("stage1", stage1);
      return outputs;
    }
  }

  static TensorValue images(int count, long seed) {
    Random random = new Random(seed);
    float[] data = new float[count * SIZE * SIZE * 3];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat();
    }
    return TensorValue.of(data, count, SIZE, SIZE, 3);
  }

  static List<GoldenCase> golden() {
    Map<String, TensorValue> inputs = Map.of("images", images(2, 3));
    return List.of(new GoldenCase("serving_default", inputs), new GoldenCase("features", inputs));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
