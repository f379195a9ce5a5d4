package dev.recal.tools.command;

import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal completion}: prints a script that completes commands and options. */
@Command(
    name = "completion",
    description = "Print a script by which a shell completes commands, options and recipes.",
    footer = {
      "",
      "Examples:",
      "  source <(recal completion bash)",
      "  source <(recal completion zsh)",
      "  recal completion bash > ~/.local/share/bash-completion/completions/recal"
    })
public final class CompletionCommand implements Callable<Integer> {

  // Zsh runs bash's script, which loads bashcompinit there.
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private String shell;

  @Override
  public Integer call() {
    if (!SHELLS.contains(shell)) {
      throw UsageException.unknown("SHELL", shell, SHELLS);
    }
    CommandLine root = spec.root().commandLine();
    offerCommands(root);
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("recal", root));
    out.flush();
    return 0;
  }

  // The words after 'help' are commands, which are known when all of them are read.
  private static void offerCommands(CommandLine root) {
    CommandSpec help = root.getSubcommands().get("help").getCommandSpec();
    PositionalParamSpec words = help.positionalParameters().get(0);
    help.remove(words);
    help.addPositional(
        words.toBuilder().completionCandidates(root.getSubcommands().keySet()).build());
  }
}
