package dev.recal.tools.command;

import dev.recal.graphs.task.RecipeSchema;
import dev.recal.tools.console.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code recal recipe schema}: prints the JSON schema of recipes. */
@Command(
    name = "schema",
    description =
        "Print the JSON schema of recipes, by which editors complete and check their keys.",
    footer = {
      "",
      "Write it beside your recipes and name it in their first key:",
      "  recal recipe schema > recipe.schema.json",
      "  {\"$schema\": \"recipe.schema.json\", \"name\": \"photos\", …}"
    })
public final class RecipeSchemaCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Json.print(out, RecipeSchema.create());
    out.flush();
    return 0;
  }
}
