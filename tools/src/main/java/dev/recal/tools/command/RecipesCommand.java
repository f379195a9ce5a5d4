package dev.recal.tools.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Recipes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal recipes}: lists the recipes that ship with the product. */
@Command(name = "recipes", description = "List the built-in recipes.")
public final class RecipesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = "Only recipes whose name, task or description contains all of these.")
  private List<String> words = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private record Listed(String name, String task, String description) {

    boolean has(String word) {
      return (name + " " + task + " " + description).contains(word);
    }
  }

  @Override
  public Integer call() throws IOException {
    List<Listed> all = new ArrayList<>();
    for (String name : Recipes.names()) {
      String text = Recipes.text(name);
      all.add(new Listed(name, RecipeJson.task(text), Recipes.description(text)));
    }
    List<Listed> chosen =
        all.stream().filter(recipe -> words.stream().allMatch(recipe::has)).toList();
    if (chosen.isEmpty()) {
      throw UsageException.unknown("WORD", String.join(" ", words), Recipes.names());
    }
    print(chosen);
    return 0;
  }

  private void print(List<Listed> recipes) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray rows = new JsonArray();
      for (Listed recipe : recipes) {
        JsonObject row = new JsonObject();
        row.addProperty("name", recipe.name());
        row.addProperty("task", recipe.task());
        row.addProperty("description", recipe.description());
        rows.add(row);
      }
      Json.print(out, rows);
    } else {
      Table table = Table.of("recipe", "task", "description");
      recipes.forEach(recipe -> table.row(recipe.name(), recipe.task(), recipe.description()));
      table.print(out);
    }
    out.flush();
  }
}
