package dev.recal.tools.command;

import dev.recal.ops.json.Names;
import dev.recal.tools.console.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Constants as words in kebab case, as recipes have them. */
final class ConstantWords {

  private ConstantWords() {}

  /**
   * Returns the constants that words name.
   *
   * @param option that has the words
   * @param known the constants that it may name
   * @throws UsageException if a word names none of them
   */
  static <E extends Enum<E>> List<E> read(String option, List<String> words, List<E> known) {
    List<E> constants = new ArrayList<>();
    for (String word : words) {
      constants.add(
          known.stream()
              .filter(c -> Names.ofConstant(c).equals(word.toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(
                  () ->
                      UsageException.unknown(
                          option, word, known.stream().map(Names::ofConstant).toList())));
    }
    return constants;
  }
}
