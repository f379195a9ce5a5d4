package dev.recal.tools;

import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.Device;
import dev.recal.tools.console.ClassArchive;
import dev.recal.tools.console.DirectStderr;
import dev.recal.tools.console.Failures;
import dev.recal.tools.console.Versions;
import dev.recal.tools.launch.LauncherWatch;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code recal}.
 *
 * <p>Exit codes: 0 success, 1 failure, 2 usage error, 75 if another worker was lost (start all
 * again); the system reports 130 for Ctrl-C and 143 for SIGTERM.
 */
@Command(
    name = "recal",
    description = "Train, export, serve and benchmark recalibrated networks.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Versions.class,
    sortOptions = false,
    footer = {"", "Run 'recal COMMAND --help' for the options of a command."})
public final class Main implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--device",
      scope = ScopeType.INHERIT,
      paramLabel = "DEVICE",
      description =
          "Where to compute: auto, cpu, gpu (the first one), gpu:1 (or set RECAL_DEVICE; auto).")
  private void device(String device) {
    if (device == null) {
      return;
    }
    try {
      System.setProperty(Device.PROPERTY, Device.parse(device).toString());
    } catch (IllegalArgumentException invalid) {
      throw new ParameterException(spec.commandLine(), "--" + invalid.getMessage());
    }
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of Recal, TensorFlow Java and the JVM.")
  private boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces (or set RECAL_DEBUG=1).")
  private boolean debug;

  /** Runs the command and ends the virtual machine. */
  public static void main(String[] args) {
    DirectStderr.use();
    LauncherWatch.start();
    int exit = commandLineFor(args).execute(args);
    if (exit == CommandLine.ExitCode.OK) {
      ClassArchive.write();
    }
    System.exit(exit);
  }

  /** Returns the command line with all commands, ready to execute. */
  public static CommandLine commandLine() {
    return with(Commands.all());
  }

  /** Returns the command line with the commands that these arguments need. */
  static CommandLine commandLineFor(String... args) {
    return with(Commands.neededFor(args));
  }

  private static CommandLine with(List<CommandLine> commands) {
    CommandLine line = new CommandLine(new Main());
    // A subcommand gets the options that all share when it is added.
    commands.forEach(command -> line.addSubcommand(command));
    Failures failures = new Failures();
    return line.setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(Main::run)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
  }

  // Picocli passes on errors: a native library that cannot be loaded, out of memory, stack
  // overflow.
  private static int run(ParseResult parsed) {
    try {
      // Before a command loads TensorFlow; does nothing without its GPU library.
      CudaLibraries.load();
      return new RunLast().execute(parsed);
    } catch (Error error) {
      CommandLine last = parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
      throw new ExecutionException(last, String.valueOf(error.getMessage()), error);
    }
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }
}
