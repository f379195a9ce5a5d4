package dev.recal.graphs.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules that map variables to their names in other libraries, as data.
 *
 * <p>A line is {@code OURS THEIRS WHAT}. OURS is a path, in which {@code {s}} stands for a number;
 * THEIRS is a name, in which {@code {s}} is that number, {@code {s+1}} the next one and {@code {n}}
 * the running number, from 0, of the scope that OURS names up to its last number. WHAT is the name
 * of a {@link Layout}, and then OURS is a variable; or a kind, and then OURS is a scope. A kind is
 * {@code kind WORD} with indented lines, {@code OURS THEIRS LAYOUT}, whose OURS is inside the scope
 * and whose THEIRS, joined by a dot, is inside theirs. The layout {@code counter} is for a tensor
 * that accompanies a variable and is not used. {@code include NAME} includes the lines of another
 * file; later kinds override its kinds. {@code include NAME OURS THEIRS} puts OURS and THEIRS in
 * front of its paths and names: {@code include torchvision-resnet backbone/ backbone.body.}. {@code
 * #} starts a comment. The first line that matches a variable's path and shape is used.
 */
public final class NameRules {

  private static final String COUNTER = "counter";

  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, List<Member>> kinds = new LinkedHashMap<>();

  /**
   * A line.
   *
   * @param kind empty if {@code layout} is given
   */
  record Rule(
      PathPattern variable, String external, Optional<String> kind, Optional<Layout> layout) {}

  /**
   * A line of a kind.
   *
   * @param layout empty for a companion that we do not have
   */
  record Member(String variable, String external, Optional<Layout> layout) {}

  /** What included paths and names begin with. */
  private record Prefix(String variable, String external) {}

  /** Finds the text of an included file. */
  @FunctionalInterface
  interface Library {
    /** Returns the text of that name. */
    Optional<String> text(String name);
  }

  private NameRules() {}

  /**
   * Reads rules.
   *
   * @param source the name of the text in errors, for example its file
   * @throws IllegalArgumentException if a line is invalid; the message names source and line
   */
  static NameRules parse(String source, String text, Library library) {
    NameRules rules = new NameRules();
    rules.read(source, text, library, new Prefix("", ""), 0);
    return rules;
  }

  List<Rule> rules() {
    return rules;
  }

  List<Member> members(String kind) {
    return kinds.get(kind);
  }

  private void read(String source, String text, Library library, Prefix prefix, int depth) {
    List<Member> open = null;
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String where = source + ", line " + number + ": ";
      String line = raw.replaceFirst("#.*", "").stripTrailing();
      if (line.isBlank()) {
        continue;
      }
      String[] words = line.strip().split("\\s+");
      if (Character.isWhitespace(line.charAt(0))) {
        requireWords(where, words, 3, "OURS THEIRS LAYOUT");
        if (open == null) {
          throw new IllegalArgumentException(where + "an indented line must follow a kind.");
        }
        open.add(member(where, words));
      } else if (words[0].equals("kind")) {
        requireWords(where, words, 2, "kind WORD");
        if (Layout.named(words[1]).isPresent()) {
          throw new IllegalArgumentException(
              where + "'" + words[1] + "' is a layout and cannot name a kind.");
        }
        open = new ArrayList<>();
        kinds.put(words[1], open);
      } else if (words[0].equals("include")) {
        include(where, words, library, prefix, depth);
        open = null;
      } else {
        requireWords(where, words, 3, "OURS THEIRS LAYOUT-OR-KIND");
        rules.add(rule(where, prefix, words));
        open = null;
      }
    }
  }

  private void include(String where, String[] words, Library library, Prefix prefix, int depth) {
    if (words.length != 4) {
      requireWords(where, words, 2, "include NAME or include NAME OURS THEIRS");
    }
    if (depth > 8) {
      throw new IllegalArgumentException(where + "the files include each other.");
    }
    String name = words[1];
    String text =
        library
            .text(name)
            .orElseThrow(
                () -> new IllegalArgumentException(where + "there are no rules '" + name + "'."));
    Prefix inner =
        words.length == 2
            ? prefix
            : new Prefix(prefix.variable() + words[2], prefix.external() + words[3]);
    read(name, text, library, inner, depth + 1);
  }

  private static Member member(String where, String[] words) {
    if (words[2].equals(COUNTER)) {
      return new Member(words[0], words[1], Optional.empty());
    }
    Layout layout =
        Layout.named(words[2])
            .orElseThrow(
                () ->
                    new IllegalArgumentException(where + "there is no layout '" + words[2] + "'."));
    return new Member(words[0], words[1], Optional.of(layout));
  }

  private Rule rule(String where, Prefix prefix, String[] words) {
    Optional<Layout> layout = Layout.named(words[2]);
    if (layout.isEmpty() && !kinds.containsKey(words[2])) {
      throw new IllegalArgumentException(
          where
              + "there is no layout and no kind '"
              + words[2]
              + "' above this line; kinds are "
              + kinds.keySet()
              + ".");
    }
    PathPattern variable = PathPattern.parse(where, prefix.variable() + words[0]);
    String external = prefix.external() + words[1];
    variable.requireNumbers(where, external);
    Optional<String> kind = layout.isPresent() ? Optional.empty() : Optional.of(words[2]);
    return new Rule(variable, external, kind, layout);
  }

  private static void requireWords(String where, String[] words, int count, String expected) {
    if (words.length != count) {
      throw new IllegalArgumentException(
          where + "expected " + expected + ", but got '" + String.join(" ", words) + "'.");
    }
  }
}
