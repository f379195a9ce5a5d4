package dev.recal.tools;

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
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of {@code recal}. */
final class Commands {

  /** In the order of the help. */
  private static final List<Class<?>> ALL =
      List.of(
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
          HelpCommand.class);

  /** Those that look at the others. */
  private static final Set<Class<?>> NEED_ALL =
      Set.of(LaunchCommand.class, CompletionCommand.class, HelpCommand.class);

  private static final Set<String> OVERVIEW = Set.of("-h", "--help", "-V", "--version");

  private Commands() {}

  /** Returns all commands. */
  static List<CommandLine> all() {
    return ALL.stream().map(CommandLine::new).toList();
  }

  /**
   * Returns the commands that arguments need: picocli reads every option of a command by
   * reflection, which for all of them takes longer than a short command itself.
   */
  static List<CommandLine> neededFor(String... args) {
    if (args.length == 0 || args.length == 1 && OVERVIEW.contains(args[0])) {
      return ALL.stream().map(Commands::named).toList();
    }
    return ALL.stream()
        .filter(command -> annotation(command).name().equals(args[0]))
        .filter(command -> !NEED_ALL.contains(command))
        .findFirst()
        .map(command -> List.of(new CommandLine(command)))
        .orElseGet(Commands::all);
  }

  /** Returns a command with nothing but what the list of commands shows of it. */
  private static CommandLine named(Class<?> type) {
    Command annotation = annotation(type);
    CommandSpec spec = CommandSpec.create().name(annotation.name());
    spec.usageMessage().header(annotation.header()).description(annotation.description());
    return new CommandLine(spec);
  }

  private static Command annotation(Class<?> type) {
    return type.getAnnotation(Command.class);
  }
}
