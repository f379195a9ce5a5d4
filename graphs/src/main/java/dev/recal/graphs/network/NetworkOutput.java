package dev.recal.graphs.network;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The output of a network for a batch of images.
 *
 * @param logits (N, classes)
 * @param stages the feature maps by name, from the finest to the coarsest: {@code stem}, {@code
 *     stage1} and so on
 */
public record NetworkOutput(Operand<TFloat32> logits, Map<String, Stage> stages) {

  /** Keeps the order of the stages. */
  public NetworkOutput {
    Objects.requireNonNull(logits, "logits");
    stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }
}
