package dev.recal.models.export;

import dev.recal.savedmodels.optimise.Optimisation;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The optimisation of a model, and its comparison with the plain form.
 *
 * @param kind what is done
 * @param images files and folders of images to compare on; empty for those that the run was
 *     evaluated on
 * @param minAgreement the share of images on which both must name the same class, from 0 to 1
 */
public record OptimisedForm(Optimisation kind, List<Path> images, double minAgreement) {

  /** Rejects a missing kind and shares outside [0, 1]. */
  public OptimisedForm {
    Objects.requireNonNull(kind, "kind");
    images = List.copyOf(images);
    if (!(minAgreement >= 0 && minAgreement <= 1)) {
      throw new IllegalArgumentException(
          "minAgreement: expected from 0 to 1, but got " + minAgreement + ".");
    }
  }
}
