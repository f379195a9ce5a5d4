package dev.recal.tools.command;

import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal help}: shows the help of a command. */
@Command(
    name = "help",
    description = "Show the help of a command; the same as COMMAND --help.",
    footer = {"", "Examples:", "  recal help train", "  recal help bench step"})
public final class HelpCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "A command, and one of its own commands (default: the list of commands).")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    CommandLine command = spec.parent().commandLine();
    for (String word : words) {
      CommandLine inner = command.getSubcommands().get(word);
      if (inner == null) {
        throw UsageException.unknown("COMMAND", word, command.getSubcommands().keySet());
      }
      command = inner;
    }
    PrintWriter out = spec.commandLine().getOut();
    command.usage(out);
    out.flush();
    return 0;
  }
}
