package dev.recal.models.export;

import dev.recal.savedmodels.ModelAddition;
import java.util.Objects;
import java.util.Optional;

/**
 * The form of a SavedModel: training phase, additional files, and optimisation.
 *
 * @param training whether to include the network in training phase, for fine-tuning in Python; an
 *     optimised model never has it
 * @param addition writes additional files into the model before it is published
 * @param optimised the optimisation; empty for the plain form
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

  /** Returns whether to build the network in training phase. */
  boolean holdsTraining() {
    return training && optimised.isEmpty();
  }
}
