package dev.recal.graphs.pruning;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A map whose channels are multiplied by a gate, and the variables that set one of its channels to
 * 0.
 *
 * @param gate the gate's published name, for example {@code stage1/block0/recalibration/gate}
 * @param channels of the map
 * @param variables whose last dimension is these channels, and which make a channel exactly 0 if
 *     they are 0: γ and β of the norm before the gate, or without a norm the kernel and bias of the
 *     convolution
 * @param convolution the scope of the convolution with these output channels, if it is a plain one
 */
public record GatedMap(
    String gate, int channels, List<String> variables, Optional<String> convolution) {

  /** Rejects maps without channels or without variables. */
  public GatedMap {
    Objects.requireNonNull(gate, "gate");
    Objects.requireNonNull(convolution, "convolution");
    variables = List.copyOf(variables);
    if (channels < 1 || variables.isEmpty()) {
      throw new IllegalArgumentException(
          "channels: expected at least 1 channel and 1 variable, but got "
              + channels
              + " and "
              + variables
              + ".");
    }
  }

  /** Returns the gate's layer, for example {@code stage1/block0/recalibration}. */
  public String layer() {
    return gate.substring(0, gate.lastIndexOf('/'));
  }
}
