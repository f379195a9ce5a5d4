package dev.recal.ops.json;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Names in JSON: kebab case for types and enum constants, and suggestions for misspelt names. */
public final class Names {

  private Names() {}

  /** Returns {@code style-recalibration} for {@code StyleRecalibration}. */
  public static String ofClass(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** Returns {@code cosine} for {@code CosineSchedule} in the family {@code Schedule}. */
  static String ofMember(Class<?> type, Class<?> family) {
    String name = ofClass(type);
    String suffix = "-" + ofClass(family);
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  /** Returns {@code mean-max} for {@code MEAN_MAX}. */
  public static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the known name within an edit distance of a third of its length, if there is one. A
   * distance of two is always allowed in names of four or more letters, since a transposition
   * counts as two.
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(
            other ->
                distance(word, other) <= Math.max(other.length() < 4 ? 1 : 2, other.length() / 3))
        .min(Comparator.comparingInt(other -> distance(word, other)));
  }

  /** Returns “Did you mean 'x'?” or nothing, and the list of known names. */
  public static String hint(String word, Collection<String> known) {
    String guess = nearest(word, known).map(near -> " Did you mean '" + near + "'?").orElse("");
    return guess + " Known are " + String.join(", ", known) + ".";
  }

  // The Levenshtein distance, one row at a time.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
