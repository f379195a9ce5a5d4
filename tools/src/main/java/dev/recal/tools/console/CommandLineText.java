package dev.recal.tools.console;

import dev.recal.savedmodels.serving.ShellWords;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Formats command lines for a POSIX shell. */
public final class CommandLineText {

  private CommandLineText() {}

  /**
   * Returns a command line of this program, with the name it was started by.
   *
   * @param words commands, options, values and paths, each quoted if necessary; a {@link Path} that
   *     begins like an option is written as {@code ./-name}
   */
  public static String of(Object... words) {
    return of(List.of(words));
  }

  /** The same, of a list. */
  public static String of(List<?> words) {
    String program = System.getProperty("recal.command", "recal");
    return ShellWords.line(
        Stream.concat(Stream.of(program), words.stream().map(CommandLineText::word)).toList());
  }

  private static String word(Object word) {
    String text = word.toString();
    return word instanceof Path && text.startsWith("-") ? "./" + text : text;
  }
}
