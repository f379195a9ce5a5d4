package dev.recal.graphs.classification.serving;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The network in training phase, for fine-tuning outside Java: batch norm with batch statistics,
 * dropout, and one update of the moving averages per call.
 *
 * <p>It only uses operations whose gradients every TensorFlow has ({@link Tower#portable}). The
 * caller defines the loss: a margin that a network applies before its loss is not in the logits.
 * Dropout is random in each call, and differs from Java's training. Values equal those of training
 * in Java without fused operations, which round differently.
 */
public final class TrainingSignature {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingSignature.class);
  private static final String KEY = "train";
  private static final String ANSWERS = "serving_default";

  private TrainingSignature() {}

  /** {@link #addTo(Servable, Network, Outputs)} for images with one class each. */
  public static Servable addTo(Servable servable, Network network) {
    return addTo(servable, network, Outputs.oneClass());
  }

  /**
   * Builds a second instantiation of the network, over the existing variables and the input of
   * {@code serving_default}: {@code images} → {@code logits}, {@code probabilities} and, where
   * layers register penalties, their sum {@code penalty}.
   *
   * @param servable what {@link ClassifierServable} built
   * @param network the same one
   * @param outputs what the logits mean; numbers have only logits, the standardised numbers
   * @return the servable with its training phase; unchanged, with a warning, if a layer has a
   *     gradient that is defined only in Java
   */
  public static Servable addTo(Servable servable, Network network, Outputs outputs) {
    ServableSignature answers =
        servable.signatures().stream()
            .filter(signature -> signature.key().equals(ANSWERS))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "servable: expected a signature '" + ANSWERS + "', but there is none."));
    Map.Entry<String, Operand<?>> input = answers.inputs().entrySet().iterator().next();
    return build(servable.store(), network, outputs, input.getKey(), floats(input.getValue()))
        .map(servable::withTraining)
        .orElse(servable);
  }

  private static Optional<ServableSignature> build(
      VariableStore store,
      Network network,
      Outputs meaning,
      String input,
      Operand<TFloat32> images) {
    Ops tf = GraphScope.ops(store.graph()).withSubScope(KEY);
    Operand<TInt64> call =
        tf.random.randomUniformInt(
            tf.constant(new int[0]), tf.constant(0L), tf.constant(Long.MAX_VALUE));
    BuildContext context = BuildContext.of(store, Tower.exportedTraining().atStep(call));
    Operand<TFloat32> logits = network.build(context, images).logits();
    if (hasOwnGradient(store)) {
      LOG.warn(
          "Writing the model without its training signature: a layer of the network has a gradient"
              + " that only Java defines.");
      return Optional.empty();
    }
    List<Op> updates = context.updates();
    Ops after = updates.isEmpty() ? tf : tf.withControlDependencies(updates);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put("logits", after.identity(logits));
    if (meaning.kind() != OutputKind.NUMBERS) {
      outputs.put("probabilities", after.identity(meaning.answers(tf, logits)));
    }
    context.penalties().stream()
        .reduce(tf.math::add)
        .ifPresent(sum -> outputs.put("penalty", after.identity(sum)));
    return Optional.of(new ServableSignature(KEY, Map.of(input, images), outputs));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Operand<?> images) {
    return (Operand<TFloat32>) images;
  }

  // The operation of CompositeGradient; other languages would treat the gradient of its inputs as
  // zero.
  private static boolean hasOwnGradient(VariableStore store) {
    boolean[] found = {false};
    store
        .graph()
        .operations()
        .forEachRemaining(
            operation ->
                found[0] |=
                    operation.type().equals(IdentityN.OP_NAME)
                        && operation.name().startsWith(KEY + "/"));
    return found[0];
  }
}
