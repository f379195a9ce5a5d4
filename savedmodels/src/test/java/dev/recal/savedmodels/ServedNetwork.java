package dev.recal.savedmodels;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.ImageExamples;
import dev.recal.ops.image.Images;
import dev.recal.ops.initializer.Normal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** A dense layer on the mean colour, with the signatures that servers call. */
public final class ServedNetwork implements AutoCloseable {

  public static final List<String> LABELS = List.of("cat", "dog", "größte Kuh");
  private static final int SIZE = 8;

  private final Graph graph = new Graph();
  private final Servable servable;
  private final Session session;

  public ServedNetwork() {
    VariableStore store = new VariableStore(graph, 7);
    Operand<TFloat32> weights =
        BuildContext.of(store, Tower.serving())
            .at("head")
            .weight("kernel", Shape.of(3, LABELS.size()), new Normal(0f, 0.5f));
    Ops tf = Ops.create(graph);
    Placeholder<TFloat32> images =
        tf.withName("images")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIZE, SIZE, 3)));
    Placeholder<TString> files =
        tf.withName("image_bytes").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    Placeholder<TString> examples =
        tf.withName("inputs").placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    Map<String, Operand<?>> classified = classes(tf, examples, weights);
    servable =
        new Servable(
            store,
            List.of(
                new ServableSignature(
                    "serving_default", Map.of("images", images), answers(tf, images, weights)),
                new ServableSignature(
                    "serving_bytes",
                    Map.of("image_bytes", files),
                    answers(tf, decoded(tf, files), weights)),
                new ServableSignature(
                    "features", Map.of("images", images), Map.of("colour", colour(tf, images))),
                new ServableSignature("classify", Map.of("inputs", examples), classified)),
            LABELS);
    session = new Session(graph);
    store.initialize(session);
  }

  /** Writes it and returns the version's directory. */
  public Path write(SavedModelWriter writer, Path target) throws IOException {
    return writer.write(servable, session, target);
  }

  /** Writes it with further files. */
  public Path write(SavedModelWriter writer, Path target, ModelAddition addition)
      throws IOException {
    return writer.write(servable, session, target, addition);
  }

  private static Map<String, Operand<?>> classes(
      Ops tf, Operand<TString> examples, Operand<TFloat32> weights) {
    Operand<TFloat32> images = decoded(tf, ImageExamples.imageFiles(tf, examples));
    TopK<TFloat32, TInt32> best =
        tf.nn.topK(
            tf.nn.softmax(tf.linalg.matMul(colour(tf, images), weights)),
            tf.constant(2),
            new TopK.Options[0]);
    Operand<TString> names = tf.constant(NdArrays.vectorOfObjects(LABELS.toArray(String[]::new)));
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("classes", tf.gather(names, best.indices(), tf.constant(0)));
    outputs.put("scores", best.values());
    return outputs;
  }

  private static Operand<TFloat32> decoded(Ops tf, Operand<TString> files) {
    return Images.decodeBatch(
        tf, files, SIZE, SIZE, (ops, image) -> Images.resize(ops, image, SIZE, SIZE));
  }

  private static Map<String, Operand<?>> answers(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> weights) {
    Operand<TFloat32> logits = tf.linalg.matMul(colour(tf, images), weights);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("logits", logits);
    outputs.put("probabilities", tf.nn.softmax(logits));
    return outputs;
  }

  private static Operand<TFloat32> colour(Ops tf, Operand<TFloat32> images) {
    return tf.math.mean(images, tf.array(1, 2));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
