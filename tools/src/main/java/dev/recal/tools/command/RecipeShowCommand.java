package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal recipe show}: prints a recipe as a training would use it. */
@Command(
    name = "show",
    description =
        "Print a recipe with every setting: its own, the changes by --set, and the defaults.",
    footer = {
      "",
      "Examples:",
      "  recal recipe show quickstart",
      "  recal recipe show quickstart --set network=se-resnet20-cifar > mine.json"
    })
public final class RecipeShowCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RECIPE",
      completionCandidates = RecipeNames.class,
      description = "A recipe's file, or the name of one in recipes/.")
  private String recipe;

  @Mixin private RecipeOptions settings = new RecipeOptions();

  @Override
  public Integer call() throws IOException {
    Recipe read = settings.read(recipe, List.of());
    PrintWriter out = spec.commandLine().getOut();
    out.print(RecipeJson.write(settings.hasBase() ? settings.located(read) : read));
    out.flush();
    return 0;
  }
}
