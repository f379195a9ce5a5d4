package dev.recal.graphs.data.targets;

import java.util.HashSet;
import java.util.List;

/** Argument checks shared by the target stores. */
final class TargetChecks {
  private TargetChecks() {}

  static void requireNames(String argument, List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException(argument + ": expected at least one name, but got none.");
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException(
          argument + ": expected different names, but got " + names + ".");
    }
  }

  static void requireLabel(String argument, int item, int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          (argument + ": item " + item + ": expected a class index from 0 to " + (classes - 1))
              + (", but got " + label + "."));
    }
  }

  static void requireFinite(String argument, int item, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            (argument + ": item " + item + ": expected finite numbers, but got " + values[i])
                + (" at index " + i + "."));
      }
    }
  }

  static void requireLength(String argument, int item, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          (argument + ": item " + item + ": expected " + expected + " numbers, but got ")
              + (found + "."));
    }
  }
}
