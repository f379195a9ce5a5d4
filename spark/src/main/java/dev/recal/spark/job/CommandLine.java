package dev.recal.spark.job;

import dev.recal.ops.json.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Options of the form {@code --name value} and {@code --name=value}, and flags. */
final class CommandLine {

  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * Parses arguments.
   *
   * @param options that take a value
   * @param flags that take none
   * @throws IllegalArgumentException if an argument is none of them, or given twice
   */
  CommandLine(List<String> arguments, Set<String> options, Set<String> flags) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String value = "";
      if (options.contains(name)) {
        if (equals < 0 && i + 1 == arguments.size()) {
          throw new IllegalArgumentException(name + ": expected a value, but got none.");
        }
        value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
      } else if (!flags.contains(argument)) {
        List<String> known = Stream.concat(options.stream(), flags.stream()).sorted().toList();
        throw new IllegalArgumentException(
            "There is no option '" + name + "'." + Names.hint(name, known));
      }
      if (values.put(name, value) != null) {
        throw new IllegalArgumentException(name + ": expected once, but got it again.");
      }
    }
  }

  boolean has(String flag) {
    return values.containsKey(flag);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  /** Returns a whole number of at least a minimum. */
  int number(String option, int minimum, int otherwise) {
    String text = values.get(option);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= minimum) {
        return number;
      }
    } catch (NumberFormatException none) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        option + ": expected a whole number of at least " + minimum + ", but got '" + text + "'.");
  }
}
