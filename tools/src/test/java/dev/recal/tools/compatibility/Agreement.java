package dev.recal.tools.compatibility;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Compares a consumer's outputs with those of the exporting session. */
final class Agreement {

  /** The largest difference, as a share of the largest value of an output. */
  static final double TOLERANCE = 1e-4;

  private static final Set<String> FILES = Set.of("image_bytes", "stylized_bytes");
  private static final int MAX_LEVELS = 255;

  // Pyramids truncate images between their scales to 8 bit: a value that another runtime rounds
  // across a level's border is a level off, and with it the pixels around it.
  private static final double MAX_TRUNCATED = 2.0 / MAX_LEVELS;
  private static final double MAX_TRUNCATED_SHARE = 0.1;

  private Agreement() {}

  /**
   * Compares the outputs of a call.
   *
   * @param truncates whether the network truncates inner images to 8 bit
   */
  static Check call(SampleModel.Call expected, JsonObject answer, boolean truncates) {
    String name = expected.signature();
    if (answer.has("error")) {
      return Check.failed(name, answer.get("error").getAsString());
    }
    if (answer.has("notApplicable")) {
      return Check.notApplicable(name, answer.get("notApplicable").getAsString());
    }
    Map<String, TensorValue> outputs = TensorJson.readAll(answer.getAsJsonObject("outputs"));
    Optional<String> names = sameNames(expected.outputs().keySet(), outputs.keySet());
    if (names.isPresent()) {
      return Check.failed(name, names.get());
    }
    double worst = 0;
    for (Map.Entry<String, TensorValue> output : expected.outputs().entrySet()) {
      TensorValue found = outputs.get(output.getKey());
      double error =
          FILES.contains(output.getKey())
              ? steps(found, output.getValue())
              : error(found, output.getValue());
      if (!(error <= TOLERANCE) && !(truncates && isALevelOff(found, output.getValue()))) {
        return Check.failed(
            name, String.format("Output '%s' is off by %.1e.", output.getKey(), error));
      }
      worst = Math.max(worst, error);
    }
    return Check.passed(name, String.format("%.1e", worst));
  }

  /** Compares names, roles and restored values. */
  static Check variables(SampleModel model, JsonObject found) {
    String name = "variables";
    Map<String, SampleModel.ExpectedVariable> expected = new TreeMap<>(model.variables());
    Optional<String> names = sameNames(expected.keySet(), found.keySet());
    if (names.isPresent()) {
      return Check.failed(name, names.get());
    }
    for (Map.Entry<String, SampleModel.ExpectedVariable> variable : expected.entrySet()) {
      JsonObject one = found.getAsJsonObject(variable.getKey());
      if (one.get("trainable").getAsBoolean() != variable.getValue().trainable()) {
        return Check.failed(name, "'" + variable.getKey() + "' has the wrong role.");
      }
      if (!TensorJson.read(one).equals(variable.getValue().value())) {
        return Check.failed(name, "'" + variable.getKey() + "' has other values.");
      }
    }
    return Check.passed(name, expected.size() + " variables");
  }

  private static Optional<String> sameNames(Set<String> expected, Set<String> found) {
    if (expected.equals(found)) {
      return Optional.empty();
    }
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(found);
    Set<String> unknown = new TreeSet<>(found);
    unknown.removeAll(expected);
    return Optional.of("Missing are " + missing + ", unknown are " + unknown + ".");
  }

  // Libraries compress the same pixels differently, and values between two of the 255 levels are
  // rounded to either.
  private static double steps(TensorValue found, TensorValue expected) {
    if (found.type() != expected.type() || !found.shape().equals(expected.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    int most = 0;
    for (int file = 0; file < expected.length(); file++) {
      BufferedImage one = decoded(found.byteStrings()[file]);
      BufferedImage other = decoded(expected.byteStrings()[file]);
      boolean same =
          one != null && one.getWidth() == other.getWidth() && one.getHeight() == other.getHeight();
      most = Math.max(most, same ? steps(one, other) : MAX_LEVELS);
    }
    return most <= 1 ? 0 : most;
  }

  private static int steps(BufferedImage one, BufferedImage other) {
    int width = one.getWidth();
    int[] first = one.getRGB(0, 0, width, one.getHeight(), null, 0, width);
    int[] second = other.getRGB(0, 0, width, one.getHeight(), null, 0, width);
    int most = 0;
    for (int i = 0; i < first.length; i++) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        int step = (first[i] >> shift & MAX_LEVELS) - (second[i] >> shift & MAX_LEVELS);
        most = Math.max(most, Math.abs(step));
      }
    }
    return most;
  }

  private static BufferedImage decoded(byte[] file) {
    try {
      return ImageIO.read(new ByteArrayInputStream(file));
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isALevelOff(TensorValue found, TensorValue expected) {
    if (!(error(found, expected) <= MAX_TRUNCATED) || expected.type() != ElementType.FLOAT32) {
      return false;
    }
    float[] one = found.floats();
    float[] other = expected.floats();
    long off =
        IntStream.range(0, one.length).filter(i -> Math.abs(one[i] - other[i]) > TOLERANCE).count();
    return off <= MAX_TRUNCATED_SHARE * one.length;
  }

  private static double error(TensorValue found, TensorValue expected) {
    if (found.type() != expected.type() || !found.shape().equals(expected.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    if (expected.type() != ElementType.FLOAT32) {
      return found.equals(expected) ? 0 : Double.POSITIVE_INFINITY;
    }
    float[] one = found.floats();
    float[] other = expected.floats();
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < other.length; i++) {
      largest = Math.max(largest, Math.abs(other[i]));
      double distance = Math.abs(one[i] - other[i]);
      difference =
          Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(difference, distance);
    }
    return largest == 0 ? difference : difference / largest;
  }
}
