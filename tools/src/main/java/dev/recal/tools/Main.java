package dev.recal.tools;

import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.Device;
import dev.recal.tools.command.BenchCommand;
import dev.recal.tools.command.CompareCommand;
import dev.recal.tools.command.CompletionCommand;
import dev.recal.tools.command.DetectCommand;
import dev.recal.tools.command.DoctorCommand;
import dev.recal.tools.command.EvaluateCommand;
import dev.recal.tools.command.ExplainCommand;
import dev.recal.tools.command.ExportCommand;
import dev.recal.tools.command.ExportWeightsCommand;
import dev.recal.tools.command.FacesCommand;
import dev.recal.tools.command.GoldenCommand;
import dev.recal.tools.command.HelpCommand;
import dev.recal.tools.command.ImportCommand;
import dev.recal.tools.command.InspectCommand;
import dev.recal.tools.command.LaunchCommand;
import dev.recal.tools.command.NetworksCommand;
import dev.recal.tools.command.OneShotCommand;
import dev.recal.tools.command.PredictCommand;
import dev.recal.tools.command.ProfileCommand;
import dev.recal.tools.command.PruneCommand;
import dev.recal.tools.command.QuickstartCommand;
import dev.recal.tools.command.RecipeCommand;
import dev.recal.tools.command.RecipesCommand;
import dev.recal.tools.command.RecordsCommand;
import dev.recal.tools.command.ResumeCommand;
import dev.recal.tools.command.RunCommand;
import dev.recal.tools.command.ServeCommand;
import dev.recal.tools.command.StudyCommand;
import dev.recal.tools.command.StyleCommand;
import dev.recal.tools.command.StylizeCommand;
import dev.recal.tools.command.SynthesizeCommand;
import dev.recal.tools.command.TrainCommand;
import dev.recal.tools.command.VerifyCommand;
import dev.recal.tools.console.DirectStderr;
import dev.recal.tools.console.Failures;
import dev.recal.tools.console.Versions;
import dev.recal.tools.launch.LauncherWatch;
import java.io.PrintWriter;
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
    subcommands = {
      QuickstartCommand.class,
      TrainCommand.class,
      ResumeCommand.class,
      LaunchCommand.class,
      EvaluateCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      ExportWeightsCommand.class,
      PredictCommand.class,
      ExplainCommand.class,
      PruneCommand.class,
      RunCommand.class,
      ServeCommand.class,
      SynthesizeCommand.class,
      OneShotCommand.class,
      DetectCommand.class,
      StyleCommand.class,
      StylizeCommand.class,
      FacesCommand.class,
      StudyCommand.class,
      CompareCommand.class,
      VerifyCommand.class,
      InspectCommand.class,
      NetworksCommand.class,
      ProfileCommand.class,
      RecipesCommand.class,
      RecipeCommand.class,
      RecordsCommand.class,
      BenchCommand.class,
      GoldenCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
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
    System.exit(commandLine().execute(args));
  }

  /** Returns the command line, ready to execute. */
  public static CommandLine commandLine() {
    Failures failures = new Failures();
    return new CommandLine(new Main())
        .setParameterExceptionHandler(failures)
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
