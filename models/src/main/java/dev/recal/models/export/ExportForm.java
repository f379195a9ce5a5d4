package dev.recal.models.export;

import dev.recal.savedmodels.ModelAddition;
import java.util.Objects;
import java.util.Optional;

/**
 * What a SavedModel is to hold besides its answers, and how it is to compute them.
 *
 * @param training whether the network is there in training phase too, for Python to go on with; an
 *     optimised model never has it
 * @param addition writes further files into the model before it gets its name
 * @param optimised how it is to be optimised; empty for the plain form
 */
public record ExportForm(
    boolean training, ModelAddition addition, Optional<OptimisedForm> optimised) {

  /** Rejects a missing addition. */
  public ExportForm {
    Objects.requireNonNull(addition, "addition");
    Objects.requireNonNull(optimised, "optimised");
  }

  /** With training, without further files, not optimised. */
  public static ExportForm defaults() {
    return new ExportForm(true, directory -> {}, Optional.empty());
  }

  /** Returns whether the network in training phase is to be built. */
  boolean holdsTraining() {
    return training && optimised.isEmpty();
  }
}
