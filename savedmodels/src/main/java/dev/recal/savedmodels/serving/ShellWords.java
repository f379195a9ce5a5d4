package dev.recal.savedmodels.serving;

import java.util.List;
import java.util.stream.Collectors;

/** Command lines for a POSIX shell: what is printed can be pasted, whatever its words contain. */
public final class ShellWords {

  private static final String PLAIN = "[A-Za-z0-9_./:=,@%+-]+";

  private ShellWords() {}

  /** Quotes a word, if necessary. */
  public static String quote(String word) {
    return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Returns words, each quoted if necessary, as one line. */
  public static String line(List<String> words) {
    return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
  }
}
