package dev.recal.tools.command;

import picocli.CommandLine.Command;

/** {@code recal recipe}: shows recipes and their schema. */
@Command(
    name = "recipe",
    description = "Show a recipe with all of its settings, or the schema of recipes for editors.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RecipeShowCommand.class, RecipeSchemaCommand.class})
public final class RecipeCommand {}
