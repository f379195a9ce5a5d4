package dev.recal.tools;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The output and the exit code of a command. */
public record CommandResult(int exit, String out, String err) {

  public static CommandResult of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    CommandLine command = Main.commandLineFor(words);
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new CommandResult(command.execute(words), out.toString(), err.toString());
  }
}
