package dev.recal.graphs.task;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Settings of a recipe to try: every combination of given values, with values drawn at random, or
 * both.
 *
 * @param grid keys with their values; may be empty
 * @param random keys with ranges; may be empty
 * @param count how many values of the ranges are drawn; 0 without ranges
 * @param seed of the draws: the n-th draw is the same for every count
 */
public record Sweep(List<Values> grid, List<Range> random, int count, long seed) {

  private static final int MAX_VARIATIONS = 10_000;
  private static final int MAX_NAME = 80;

  /**
   * A key with the values that it takes.
   *
   * @param key dotted
   * @param values as in overrides
   */
  public record Values(String key, List<String> values) {

    /** Rejects keys without values. */
    public Values {
      Objects.requireNonNull(key, "key");
      values = List.copyOf(values);
      if (values.isEmpty() || values.contains("")) {
        throw new IllegalArgumentException(
            "grid: expected key=value,value,…, but got no value of '" + key + "'.");
      }
    }

    /**
     * Reads {@code key=value,value}; commas in brackets and quotes do not separate.
     *
     * @throws IllegalArgumentException if there is no key or no value
     */
    public static Values parse(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "grid: expected key=value,value,…, but got '" + text + "'.");
      }
      return new Values(text.substring(0, equals), split(text.substring(equals + 1)));
    }

    private static List<String> split(String text) {
      List<String> values = new ArrayList<>();
      int depth = 0;
      boolean quoted = false;
      int start = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        quoted ^= c == '"';
        depth += quoted ? 0 : "[{".indexOf(c) >= 0 ? 1 : "]}".indexOf(c) >= 0 ? -1 : 0;
        if (c == ',' && depth == 0 && !quoted) {
          values.add(text.substring(start, i));
          start = i + 1;
        }
      }
      values.add(text.substring(start));
      return values;
    }
  }

  /** How values of a range are drawn. */
  public enum Scale {
    /** All numbers are equally probable. */
    UNIFORM,
    /** All orders of magnitude are equally probable. */
    LOG,
    /** Whole numbers, with both ends. */
    INT
  }

  /**
   * A key with the range of its values.
   *
   * @param key dotted
   * @param scale how values are drawn
   * @param low the smallest one; positive for {@link Scale#LOG}
   * @param high the largest one
   */
  public record Range(String key, Scale scale, double low, double high) {

    /** Rejects empty ranges. */
    public Range {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(scale, "scale");
      if (!(Double.isFinite(low) && Double.isFinite(high) && low < high)) {
        throw new IllegalArgumentException(
            "random: expected a range from low to high, but got " + low + " to " + high + ".");
      }
      if (scale == Scale.LOG && low <= 0) {
        throw new IllegalArgumentException(
            "random: expected positive numbers on a log scale, but got " + low + ".");
      }
    }

    /**
     * Reads {@code key=log:low:high}, {@code key=uniform:low:high} or {@code key=int:low:high}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Range parse(String text) {
      int equals = text.indexOf('=');
      String[] parts = text.substring(equals + 1).split(":", -1);
      if (equals < 1 || parts.length != 3) {
        throw wrong(text);
      }
      try {
        Scale scale = Scale.valueOf(parts[0].toUpperCase(Locale.ROOT));
        double low = Double.parseDouble(parts[1]);
        return new Range(text.substring(0, equals), scale, low, Double.parseDouble(parts[2]));
      } catch (NumberFormatException number) {
        throw wrong(text);
      } catch (IllegalArgumentException other) {
        if (other.getMessage().startsWith("random: ")) {
          throw other;
        }
        throw wrong(text);
      }
    }

    private static IllegalArgumentException wrong(String text) {
      return new IllegalArgumentException(
          "random: expected key=log:LOW:HIGH, key=uniform:LOW:HIGH or key=int:LOW:HIGH, but got '"
              + (text + "'."));
    }

    // Four digits: nobody needs more, and tables stay readable.
    private String draw(SplittableRandom generator) {
      double share = generator.nextDouble();
      double value =
          switch (scale) {
            case UNIFORM -> low + share * (high - low);
            case LOG -> Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low)));
            case INT -> Math.floor(low + share * (high - low + 1));
          };
      return scale == Scale.INT
          ? String.valueOf((long) Math.min(value, high))
          : new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toString();
    }
  }

  /** Rejects sweeps of nothing, of equal keys, and of too many variations. */
  public Sweep {
    grid = List.copyOf(grid);
    random = List.copyOf(random);
    if (grid.isEmpty() && random.isEmpty()) {
      throw new IllegalArgumentException("grid: expected --grid or --random, but got neither.");
    }
    if (random.isEmpty() ? count != 0 : count < 1) {
      throw new IllegalArgumentException(
          "count: expected "
              + (random.isEmpty() ? "none without random settings" : "at least 1")
              + (", but got " + count + "."));
    }
    Set<String> keys = new HashSet<>();
    grid.forEach(values -> requireNew(keys, values.key()));
    random.forEach(range -> requireNew(keys, range.key()));
    long variations = Math.max(1, count);
    for (Values values : grid) {
      variations = Math.min(variations * values.values().size(), Integer.MAX_VALUE);
    }
    if (variations > MAX_VARIATIONS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "grid: expected at most %,d variations, but got %,d.",
              MAX_VARIATIONS,
              variations));
    }
  }

  private static void requireNew(Set<String> keys, String key) {
    if (!keys.add(key)) {
      throw new IllegalArgumentException(
          "grid: expected different keys, but got " + key + " twice.");
    }
  }

  /** Returns all variations: of each combination of the grid, every draw. */
  public List<StudyVariation> variations() {
    List<List<String>> combinations = List.of(List.of());
    for (Values values : grid) {
      List<List<String>> longer = new ArrayList<>();
      for (List<String> combination : combinations) {
        for (String value : values.values()) {
          List<String> more = new ArrayList<>(combination);
          more.add(values.key() + "=" + value);
          longer.add(more);
        }
      }
      combinations = longer;
    }
    List<StudyVariation> variations = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (List<String> combination : combinations) {
      for (int draw = random.isEmpty() ? 0 : 1; draw <= count; draw++) {
        List<String> changes = new ArrayList<>(combination);
        changes.addAll(drawn(draw));
        String name = free(name(combination, draw), taken);
        variations.add(StudyVariation.of(name, changes));
      }
    }
    return variations;
  }

  private List<String> drawn(int draw) {
    List<String> changes = new ArrayList<>();
    if (draw > 0) {
      SplittableRandom generator = new SplittableRandom(31 * seed + draw);
      random.forEach(range -> changes.add(range.key() + "=" + range.draw(generator)));
    }
    return changes;
  }

  // For example base0.1-rate1e-4-random3: the last words of the keys with their values.
  private static String name(List<String> combination, int draw) {
    List<String> parts = new ArrayList<>();
    for (String change : combination) {
      int equals = change.indexOf('=');
      String key = change.substring(change.lastIndexOf('.', equals) + 1, equals);
      parts.add(key + change.substring(equals + 1).replaceAll("[^A-Za-z0-9._-]+", "_"));
    }
    if (draw > 0) {
      parts.add("random" + draw);
    }
    String name = String.join("-", parts);
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
  }

  private static String free(String name, Set<String> taken) {
    String candidate = name;
    for (int number = 2; !taken.add(candidate); number++) {
      candidate = name + "-" + number;
    }
    return candidate;
  }
}
