package dev.recal.tools.run;

import dev.recal.savedmodels.ModelAddition;
import java.util.Objects;

/**
 * What a SavedModel is to hold besides its answers.
 *
 * @param training whether the network is there in training phase too, for Python to go on with
 * @param addition writes further files into the model before it gets its name
 */
public record ExportForm(boolean training, ModelAddition addition) {

  /** Refuses a missing addition. */
  public ExportForm {
    Objects.requireNonNull(addition, "addition");
  }

  /** With training, without further files. */
  public static ExportForm defaults() {
    return new ExportForm(true, directory -> {});
  }
}
