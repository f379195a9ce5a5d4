package dev.recal.graphs.weights;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with placeholders for numbers, for example {@code stage{s}/block{b}/conv1}.
 *
 * @param names of the numbers, in their order
 * @param whole matches the path and everything below it: the numbers, then the rest
 * @param numbered matches the path up to its last number
 */
record PathPattern(List<String> names, Pattern whole, Pattern numbered) {

  /** The running number, which a template may use besides the pattern's numbers. */
  static final String RUNNING = "n";

  private static final Pattern NUMBER = Pattern.compile("\\{([a-z]+)\\}");
  private static final Pattern USE = Pattern.compile("\\{([a-z]+)([+-]\\d{1,4})?\\}");

  static PathPattern parse(String where, String text) {
    List<String> names = new ArrayList<>();
    StringBuilder expression = new StringBuilder();
    Matcher matcher = NUMBER.matcher(text);
    int position = 0;
    String numbered = "";
    while (matcher.find()) {
      expression.append(Pattern.quote(text.substring(position, matcher.start())));
      expression.append("(\\d{1,6})");
      names.add(matcher.group(1));
      position = matcher.end();
      numbered = expression.toString();
    }
    String last = text.substring(position);
    if (last.contains("{") || last.contains("}") || names.contains(RUNNING)) {
      throw new IllegalArgumentException(
          where + "'" + text + "' has a brace that is not a number such as {s}; {n} is reserved.");
    }
    expression.append(Pattern.quote(last));
    return new PathPattern(
        List.copyOf(names),
        Pattern.compile(expression + "(?:/(.+))?"),
        Pattern.compile(numbered + "(?=/|$).*"));
  }

  /** Rejects a template with numbers that this pattern does not have. */
  void requireNumbers(String where, String template) {
    Matcher use = USE.matcher(template);
    while (use.find()) {
      if (!names.contains(use.group(1)) && !use.group(1).equals(RUNNING)) {
        throw new IllegalArgumentException(
            where
                + "'"
                + template
                + "' uses {"
                + use.group(1)
                + "}, which the path does not have.");
      }
    }
    if (USE.matcher(template).replaceAll("").matches(".*[{}].*")) {
      throw new IllegalArgumentException(
          where + "'" + template + "' has a brace that is not a number such as {s} or {s+1}.");
    }
  }

  /**
   * A matched path.
   *
   * @param numbers the numbers in the path, by name
   * @param rest the part below the pattern, empty for the path itself
   */
  record Match(Map<String, Integer> numbers, Optional<String> rest) {}

  /** Matches a path. */
  Optional<Match> match(String path) {
    Matcher matcher = whole.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), Integer.parseInt(matcher.group(i + 1)));
    }
    return Optional.of(new Match(numbers, Optional.ofNullable(matcher.group(names.size() + 1))));
  }

  /**
   * Fills a match's numbers into a template.
   *
   * @param all every path of the network in order, which running numbers count
   */
  String fill(String template, Match match, List<String> all) {
    return USE.matcher(template)
        .replaceAll(
            use -> {
              String name = use.group(1);
              int number =
                  match.numbers().containsKey(name)
                      ? match.numbers().get(name)
                      : running(List.copyOf(match.numbers().values()), all);
              int offset = use.group(2) == null ? 0 : Integer.parseInt(use.group(2));
              return Integer.toString(number + offset);
            });
  }

  // The number of other positions before the first path of this one.
  private int running(List<Integer> own, List<String> all) {
    Set<List<Integer>> before = new HashSet<>();
    for (String path : all) {
      Matcher matcher = numbered.matcher(path);
      if (matcher.matches()) {
        List<Integer> place = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
          place.add(Integer.parseInt(matcher.group(i)));
        }
        if (place.equals(own)) {
          return before.size();
        }
        before.add(place);
      }
    }
    return before.size();
  }
}
