package dev.recal.tools.console;

import java.lang.reflect.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a command by the arguments that they become. The libraries name the rejected
 * argument ({@code minAgreement: expected …}); the user of a command passed {@code
 * --min-agreement}. An argument belongs to the option or position whose field has its name, or
 * whose name on the command line is the same in kebab case.
 */
final class ArgumentNames {

  private static final Pattern ARGUMENT = Pattern.compile("([a-z][A-Za-z0-9]*)(?=: )");

  private ArgumentNames() {}

  /**
   * Returns a sentence with the option instead of the argument.
   *
   * @param sentence as the libraries write it: the argument, a colon, what was expected
   * @return empty where the sentence names no argument, or none of the command's
   */
  static Optional<String> translate(CommandSpec command, String sentence) {
    return find(command, sentence)
        .map(spec -> word(spec) + sentence.substring(sentence.indexOf(':')));
  }

  /**
   * Returns whether a sentence refuses an argument that is a path at which there is nothing: no
   * error of the command line, but of the file system.
   */
  static boolean isMissingFile(CommandSpec command, String sentence) {
    return find(command, sentence).map(ArgSpec::getValue).stream()
        .flatMap(value -> value instanceof Collection<?> all ? all.stream() : Stream.of(value))
        .anyMatch(value -> value instanceof Path path && Files.notExists(path));
  }

  private static Optional<ArgSpec> find(CommandSpec command, String sentence) {
    Matcher matcher = ARGUMENT.matcher(sentence);
    if (!matcher.lookingAt()) {
      return Optional.empty();
    }
    String argument = matcher.group(1);
    return command.args().stream()
        .filter(spec -> names(spec).anyMatch(argument::equals))
        .findFirst();
  }

  private static Stream<String> names(ArgSpec spec) {
    Stream<String> field =
        spec.userObject() instanceof Member member ? Stream.of(member.getName()) : Stream.empty();
    Stream<String> options =
        spec instanceof OptionSpec option
            ? Arrays.stream(option.names()).map(ArgumentNames::camelCase)
            : Stream.empty();
    return Stream.concat(field, options);
  }

  // minAgreement for --min-agreement.
  private static String camelCase(String option) {
    return Pattern.compile("-+([a-z0-9])")
        .matcher(option.replaceFirst("^-+", ""))
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  private static String word(ArgSpec spec) {
    return spec instanceof OptionSpec option ? option.longestName() : spec.paramLabel();
  }
}
