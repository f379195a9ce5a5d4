package dev.recal.models.weights;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names with {@code *} for any characters and {@code ?} for one. */
public final class Globs {

  private Globs() {}

  /** Returns a predicate for names that match one of the globs. */
  public static Predicate<String> any(List<String> globs) {
    List<Pattern> patterns = globs.stream().map(Globs::pattern).toList();
    return name -> patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static Pattern pattern(String glob) {
    return Pattern.compile(
        glob.chars()
            .mapToObj(
                c ->
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    })
            .collect(Collectors.joining()));
  }
}
