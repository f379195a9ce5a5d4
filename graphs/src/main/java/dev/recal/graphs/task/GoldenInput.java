package dev.recal.graphs.task;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.ndarray.NdArray;

/**
 * Inputs of a signature whose outputs are stored in an exported model, so that any runtime can be
 * compared with them.
 *
 * @param signature its key
 * @param inputs arrays of float, int or long by the names of the signature's inputs
 */
public record GoldenInput(String signature, Map<String, NdArray<?>> inputs) {

  /** Copies the inputs. */
  public GoldenInput {
    Objects.requireNonNull(signature, "signature");
    inputs = new LinkedHashMap<>(inputs);
  }
}
