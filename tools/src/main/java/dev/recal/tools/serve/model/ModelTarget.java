package dev.recal.tools.serve.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The model that a request names.
 *
 * @param model its name
 * @param version if given
 * @param label if given instead of a version
 */
public record ModelTarget(String model, OptionalLong version, Optional<String> label) {

  /** The highest version of a model. */
  public static ModelTarget latest(String model) {
    return new ModelTarget(model, OptionalLong.empty(), Optional.empty());
  }

  /** Returns the error of TensorFlow Serving for a version that is not loaded. */
  ServingException notFound() {
    String wanted =
        version.isPresent()
            ? "Specific(" + model + ", " + version.getAsLong() + ")"
            : "Latest(" + model + ")";
    return new ServingException(
        ServingStatus.NOT_FOUND, "Servable not found for request: " + wanted);
  }

  /** Returns the error of TensorFlow Serving for a model or version without any state. */
  ServingException noVersions() {
    return new ServingException(
        ServingStatus.NOT_FOUND,
        version.isPresent()
            ? "Could not find version " + version.getAsLong() + " of model " + model
            : "Could not find any versions of model " + model);
  }
}
