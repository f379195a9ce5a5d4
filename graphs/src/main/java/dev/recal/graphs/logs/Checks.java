package dev.recal.graphs.logs;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Argument checks shared by the reports. */
final class Checks {
  private static final Pattern SCALAR_NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private Checks() {}

  static void notBlank(String argument, String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected a text that is not blank, but got %s.",
              argument,
              value == null ? "null" : "'" + value + "'"));
    }
  }

  static void atLeast(String argument, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: expected at least %d, but got %d.", argument, least, value));
    }
  }

  static void cost(String argument, double value, boolean inRange) {
    if (!inRange || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s: expected a positive finite number, but got %s.", argument, value));
    }
  }

  static void scalarName(String argument, String name) {
    if (name == null || !SCALAR_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected letters, digits, '_', '-' and '.', but got '%s'.",
              argument,
              name));
    }
  }

  static SortedMap<String, Double> scalars(String argument, Map<String, Double> values) {
    values.keySet().forEach(name -> scalarName("a name in " + argument, name));
    return Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }
}
