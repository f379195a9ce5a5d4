package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal study}: one recipe in variations, compared. */
@Command(
    name = "study",
    description = {
      "Train one recipe in several variations with several seeds, and compare them in a table and a"
          + " plot.",
      "A study's directory holds an ordinary run for each variation and seed. Repeat the command, or"
          + " use 'recal resume DIR', to resume it: finished runs are not repeated."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {StudyAblationCommand.class, StudyPruningCommand.class, StudySweepCommand.class},
    footer = {
      "",
      "Examples:",
      "  recal study ablation cifar10-srm --data ../data --seeds 3 --with se,ge",
      "  recal study pruning cifar10-srm --data ../data --gates srm,se --seeds 3",
      "  recal study sweep cifar10-srm --data ../data --grid training.learningRate.base=0.05,0.1,0.2"
    })
public final class StudyCommand {}
