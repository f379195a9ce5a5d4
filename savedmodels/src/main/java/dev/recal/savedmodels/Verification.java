package dev.recal.savedmodels;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.ops.runtime.ComputeDevices;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The result of comparing a model with what was written: its files by their digests, its answers to
 * the golden inputs by the recorded outputs.
 *
 * @param directory the model
 * @param files whether its files are those that were written
 * @param errors one for each recorded output; empty if the model has no golden inputs
 * @param tolerance the maximum relative error of an intact copy on any machine
 */
public record Verification(
    Path directory, FileIntegrity files, List<GoldenError> errors, double tolerance) {

  /** The tolerance of models that compute in float32. */
  public static final double TOLERANCE = 1e-5;

  /** The tolerance on a GPU, which rounds the factors of products to TF32: 10 bits of mantissa. */
  static final double GPU_TOLERANCE = 0.01;

  /** Copies the list. */
  public Verification {
    errors = List.copyOf(errors);
  }

  /**
   * Loads a model and runs its golden inputs.
   *
   * @param model a SavedModel, or a directory of versions
   * @throws IOException if the model or its golden files are damaged, or a file differs from its
   *     digest
   */
  public static Verification of(Path model) throws IOException {
    try (Predictor predictor = Predictor.open(model)) {
      return of(predictor);
    }
  }

  /**
   * Runs the golden inputs of a loaded model.
   *
   * @throws IOException if its golden files are damaged, or fit no signature
   */
  public static Verification of(Predictor predictor) throws IOException {
    Path directory = predictor.description().directory();
    Map<String, Map<String, TensorValue>> inputs = goldenInputs(directory);
    Map<String, Map<String, TensorValue>> outputs =
        bySignature(Extras.file(directory, Extras.GOLDEN_OUTPUTS));
    List<GoldenError> errors = new ArrayList<>();
    outputs.forEach(
        (signature, recorded) -> {
          Map<String, TensorValue> answer =
              predictor.call(signature, inputs.getOrDefault(signature, Map.of()));
          recorded.forEach(
              (name, value) ->
                  errors.add(
                      new GoldenError(signature, name, relativeError(answer.get(name), value))));
        });
    return new Verification(
        directory,
        predictor.description().integrity(),
        errors,
        tolerance(predictor.description().metadata()));
  }

  private static double tolerance(JsonObject metadata) {
    double recorded = recordedTolerance(metadata);
    return ComputeDevices.usesGpu() ? Math.max(recorded, GPU_TOLERANCE) : recorded;
  }

  private static double recordedTolerance(JsonObject metadata) {
    return metadata.get(Extras.WRITER) instanceof JsonObject own
            && own.get(Extras.TOLERANCE) instanceof JsonPrimitive number
            && number.isNumber()
        ? number.getAsDouble()
        : TOLERANCE;
  }

  /** Returns whether all errors are within the tolerance. */
  public boolean passed() {
    return mismatch().isEmpty();
  }

  /** Returns the maximum error; 0 if nothing was compared. */
  public double worst() {
    return errors.stream().mapToDouble(GoldenError::relativeError).max().orElse(0);
  }

  /** Returns the first output whose error is not within the tolerance. */
  public Optional<GoldenError> mismatch() {
    return errors.stream().filter(error -> !(error.relativeError() <= tolerance)).findFirst();
  }

  void requireSound() throws IOException {
    Optional<GoldenError> mismatch = mismatch();
    if (mismatch.isPresent()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "The written model does not match the session: output '%s' of '%s' differs by %.2e;"
                  + " expected at most %.0e.",
              mismatch.get().output(),
              mismatch.get().signature(),
              mismatch.get().relativeError(),
              tolerance));
    }
  }

  /**
   * Reads the golden inputs of a model.
   *
   * @param directory the directory of the version
   * @return by signature and name; empty if the model has none
   * @throws IOException if their file is damaged
   */
  public static Map<String, Map<String, TensorValue>> goldenInputs(Path directory)
      throws IOException {
    return bySignature(Extras.file(directory, Extras.GOLDEN_INPUTS));
  }

  private static Map<String, Map<String, TensorValue>> bySignature(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Collections.emptyMap();
    }
    Map<String, Map<String, TensorValue>> signatures = new LinkedHashMap<>();
    for (Map.Entry<String, TensorValue> entry : Safetensors.readFinite(file).entrySet()) {
      int slash = entry.getKey().indexOf('/');
      if (slash < 0) {
        throw new IOException(
            "File "
                + file
                + ": expected tensor names SIGNATURE/NAME, but got '"
                + entry.getKey()
                + "'.");
      }
      signatures
          .computeIfAbsent(entry.getKey().substring(0, slash), key -> new LinkedHashMap<>())
          .put(entry.getKey().substring(slash + 1), entry.getValue());
    }
    return signatures;
  }

  static double relativeError(TensorValue answer, TensorValue recorded) {
    if (answer == null
        || answer.type().array() != recorded.type().array()
        || !answer.shape().equals(recorded.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < recorded.length(); i++) {
      double expected = number(recorded, i);
      double delta = number(answer, i) - expected;
      difference += delta * delta;
      norm += expected * expected;
    }
    double error = Math.sqrt(difference) / (norm == 0 ? 1 : Math.sqrt(norm));
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  private static double number(TensorValue value, int index) {
    Object element = Array.get(value.data(), index);
    return element instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) element).doubleValue();
  }
}
