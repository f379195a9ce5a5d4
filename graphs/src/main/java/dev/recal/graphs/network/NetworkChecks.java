package dev.recal.graphs.network;

import dev.recal.ops.Shapes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;

/** What the networks' records refuse alike. */
final class NetworkChecks {

  private NetworkChecks() {}

  static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but " + value + " came.");
    }
  }

  /** Returns a copy of a list of one or more numbers of at least 1. */
  static List<Integer> positive(String name, List<Integer> values) {
    List<Integer> copy = List.copyOf(values);
    if (copy.isEmpty() || copy.stream().anyMatch(value -> value < 1)) {
      throw new IllegalArgumentException(
          name + ": expected one or more numbers of at least 1, but " + copy + " came.");
    }
    return copy;
  }

  static void requireWidth(double width) {
    if (!(width > 0 && width < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "width: expected a positive multiplier, but " + width + " came.");
    }
  }

  static void requireHead(int classes, float dropout) {
    requirePositive("classes", classes);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout: expected from 0 to less than 1, but " + dropout + " came.");
    }
  }

  /** Refuses missing settings; {@code values} are names and values in turn. */
  static void requirePresent(Object... values) {
    for (int i = 0; i < values.length; i += 2) {
      Objects.requireNonNull(values[i + 1], (String) values[i]);
    }
  }

  /** Refuses attentive norms at places that a network lacks, or for another number of stages. */
  static void requireFits(
      Optional<AttentivePlaces> attentive, String network, Set<NormPlace> known, int stages) {
    attentive.ifPresent(
        chosen -> {
          if (!known.containsAll(chosen.places())) {
            throw new IllegalArgumentException(
                "places: expected some of "
                    + known.stream().sorted().toList()
                    + " in a "
                    + network
                    + ", but "
                    + chosen.places()
                    + " came.");
          }
          if (chosen.components().size() != stages) {
            throw new IllegalArgumentException(
                "components: expected one for each of the "
                    + stages
                    + " stages, but "
                    + chosen.components()
                    + " came.");
          }
        });
  }

  static void requireImages(Operand<?> images) {
    if (images.shape().numDimensions() != 4 || Shapes.channels(images) != 3) {
      throw new IllegalArgumentException(
          "images: expected (N, H, W, 3), but the shape is " + images.shape() + ".");
    }
  }

  /** Returns a count times a multiplier, rounded to a multiple of 8 unless the multiplier is 1. */
  static int scaled(int count, double width) {
    return width == 1 ? count : 8 * Math.max(1, (int) Math.round(count * width / 8));
  }

  /**
   * Returns a count times a multiplier, rounded to a multiple of 8 but not below nine tenths of it:
   * the rule of MobileNetV2's code.
   */
  static int scaledByTenths(int count, double width) {
    double exact = count * width;
    int rounded = Math.max(8, (int) (exact + 4) / 8 * 8);
    return rounded < 0.9 * exact ? rounded + 8 : rounded;
  }
}
