package dev.recal.tools.command;

import dev.recal.tools.console.UsageException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("recal", spec.root().commandLine()));
    out.flush();
    return 0;
  }
}
