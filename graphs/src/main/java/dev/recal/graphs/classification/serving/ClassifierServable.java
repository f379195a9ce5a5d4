package dev.recal.graphs.classification.serving;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * A classification network as a servable graph.
 *
 * <p>Signatures: {@code serving_default} ({@code images} → {@code logits}, {@code probabilities};
 * of a network for numbers {@code values}), {@code serving_bytes} ({@code image_bytes} → the same,
 * and where an image has one class {@code classes}, {@code labels}), {@code classify}, {@code
 * features} ({@code images} → a map for each stage), of a network that learns embeddings also
 * {@code embed} and {@code embed_bytes} ({@link EmbedSignature}), and, if layers publish any,
 * {@code recalibration} ({@code images} → gates and other published values, named by module).
 */
public final class ClassifierServable {

  /** The output of a network for numbers, (N, numbers), in the units of the training data. */
  public static final String VALUES = "values";

  private static final String IMAGES = "images";

  private ClassifierServable() {}

  /**
   * Builds a servable in an empty graph.
   *
   * @param graph an empty graph
   * @param network for as many classes as there are labels
   * @param labels the class names in the order of the logits
   * @param evaluation how images from files are resized
   * @param height of the images in pixels
   * @param width of the images in pixels
   */
  public static Servable build(
      Graph graph,
      Network network,
      List<String> labels,
      Augmentation evaluation,
      int height,
      int width) {
    return build(graph, network, labels, evaluation, height, width, Outputs.oneClass());
  }

  /**
   * Builds a servable in an empty graph.
   *
   * @param labels the names of the classes or numbers in the order of the logits
   * @param outputs what the logits mean
   */
  public static Servable build(
      Graph graph,
      Network network,
      List<String> labels,
      Augmentation evaluation,
      int height,
      int width,
      Outputs outputs) {
    requireLabels(labels, network);
    VariableStore store = new VariableStore(graph, 0);
    Ops tf = GraphScope.ops(graph);
    Placeholder<TFloat32> images =
        tf.withName(IMAGES)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, height, width, 3)));
    Placeholder<TString> files =
        tf.withName("image_bytes")
            .placeholder(TString.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    BuildContext context = BuildContext.of(store, Tower.serving());
    NetworkOutput output = network.build(context, images);
    Operand<TFloat32> decoded = evaluation.decode(tf.withSubScope("decode"), files, height, width);
    BuildContext second = BuildContext.of(store, Tower.serving().named("serving_bytes"));
    NetworkOutput ofFiles = network.build(second, decoded);
    Operand<TFloat32> byteLogits = ofFiles.logits();

    List<ServableSignature> signatures = new ArrayList<>();
    Map<String, Operand<?>> input = Map.of(IMAGES, images);
    signatures.add(
        new ServableSignature("serving_default", input, answers(tf, outputs, output.logits())));
    Map<String, Operand<?>> named = answers(tf, outputs, byteLogits);
    if (outputs.kind() == OutputKind.ONE_CLASS) {
      addLabels(tf, named, byteLogits, labels);
    }
    Map<String, Operand<?>> fileInput = Map.of("image_bytes", files);
    signatures.add(new ServableSignature("serving_bytes", fileInput, named));
    Map<String, Operand<?>> stages = new LinkedHashMap<>();
    output.stages().forEach((name, stage) -> stages.put(name, stage.map()));
    signatures.add(new ServableSignature("features", input, stages));
    if (outputs.kind() != OutputKind.NUMBERS) {
      signatures.add(
          ClassifySignature.build(
              tf,
              labels,
              bytes -> {
                BuildContext third = BuildContext.of(store, Tower.serving().named("classify"));
                Ops decoding = tf.withSubScope("decode_examples");
                Operand<TFloat32> logits =
                    network
                        .build(third, evaluation.decode(decoding, bytes, height, width))
                        .logits();
                return outputs.answers(tf.withSubScope("examples"), logits);
              }));
    }
    network
        .embeddingStage()
        .ifPresent(
            stage -> {
              Ops pixels = tf.withSubScope(EmbedSignature.EMBED);
              signatures.add(
                  EmbedSignature.build(pixels, EmbedSignature.EMBED, input, output, stage));
              Ops bytes = tf.withSubScope(EmbedSignature.EMBED_BYTES);
              signatures.add(
                  EmbedSignature.build(
                      bytes, EmbedSignature.EMBED_BYTES, fileInput, ofFiles, stage));
            });
    if (!context.published().isEmpty()) {
      signatures.add(new ServableSignature("recalibration", input, context.published()));
    }
    return new Servable(store, signatures, labels);
  }

  private static void requireLabels(List<String> labels, Network network) {
    if (labels.size() != network.classes()) {
      throw new IllegalArgumentException(
          "labels: expected one for each of the "
              + network.classes()
              + " classes, but got "
              + labels.size()
              + ".");
    }
  }

  private static Map<String, Operand<?>> answers(
      Ops tf, Outputs outputs, Operand<TFloat32> logits) {
    Map<String, Operand<?>> answers = new LinkedHashMap<>();
    if (outputs.kind() == OutputKind.NUMBERS) {
      answers.put(VALUES, outputs.answers(tf.withSubScope(VALUES), logits));
    } else {
      answers.put("logits", logits);
      answers.put("probabilities", outputs.answers(tf.withName("probabilities"), logits));
    }
    return answers;
  }

  private static void addLabels(
      Ops tf, Map<String, Operand<?>> answers, Operand<TFloat32> logits, List<String> labels) {
    Operand<TInt64> classes = tf.withName("classes").math.argMax(logits, tf.constant(1));
    Operand<TString> names = tf.constant(NdArrays.vectorOfObjects(labels.toArray(String[]::new)));
    answers.put("classes", classes);
    answers.put("labels", tf.withName("labels").gather(names, classes, tf.constant(0)));
  }
}
