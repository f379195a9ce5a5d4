package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.json.JsonRecords;
import dev.recal.tools.run.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands {@code recipes} and {@code recipe}, and the schema against all built-in recipes. */
class RecipeCommandsTest {

  private static final String HOME = "recal.home";

  @TempDir private Path directory;

  private static String home;
  private static JsonSchema schema;

  @BeforeAll
  static void readSchema() {
    home = System.getProperty(HOME);
    System.setProperty(HOME, "..");
    CommandResult ran = CommandResult.of("recipe", "schema");
    assertThat(ran.exit()).as(ran.err()).isZero();
    schema = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(ran.out());
  }

  @AfterAll
  static void restore() {
    if (home == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, home);
    }
  }

  static Stream<String> recipes() throws IOException {
    System.setProperty(HOME, "..");
    return Recipes.names().stream();
  }

  private static List<String> problems(String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void schemaAcceptsEveryRecipeShortAndWrittenOut(String name) throws IOException {
    String text = Recipes.text(name);
    assertThat(problems(JsonRecords.parseCommented(text).toString())).isEmpty();
    String written = RecipeJson.write(RecipeJson.read(text, List.of()));
    assertThat(problems(written)).isEmpty();
    assertThat(Recipes.description(text)).as("first line").endsWith(".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name': 'x', 'network': 'no-such-network'}",
        "{'name': 'x', 'training': {'epoch': 3}}",
        "{'name': 'x', 'training': {'epochs': 'three'}}",
        "{'name': 'x', 'training': {'optimiser': 'sdg'}}",
        "{'name': 'x', 'training': {'optimiser': {'type': 'adam', 'momentum': 0.9}}}",
        "{'name': 'x', 'task': 'detection', 'training': {'labelSmoothing': 0.1}}",
        "{'name': 'x', 'task': 'no-such-task'}"
      })
  void schemaRefusesWhatTheReaderRefuses(String recipe) {
    assertThat(problems(recipe.replace('\'', '"'))).isNotEmpty();
  }

  @Test
  void listsTheRecipesWithTheirTasks() throws IOException {
    CommandResult all = CommandResult.of("recipes", "--json");
    JsonArray rows = JsonParser.parseString(all.out()).getAsJsonArray();
    assertThat(rows).hasSize(Recipes.names().size());
    CommandResult some = CommandResult.of("recipes", "detection", "drawn");
    assertThat(some.out().lines()).hasSize(3);
    assertThat(some.out()).contains("scenes-mask-rcnn-an  detection  A small Mask R-CNN");
  }

  @Test
  void showsTheResolvedRecipe() throws IOException {
    CommandResult ran =
        CommandResult.of("recipe", "show", "quickstart", "--set", "training.epochs=3");
    JsonObject shown = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(shown.getAsJsonObject("training").get("epochs").getAsInt()).isEqualTo(3);
    assertThat(shown.getAsJsonObject("network").get("type").getAsString()).isEqualTo("resnet");
    Path file = Files.writeString(directory.resolve("shown.json"), ran.out());
    assertThat(CommandResult.of("recipe", "show", file).out()).isEqualTo(ran.out());
  }

  @Test
  void recipesMayHaveCommentsAndNameTheirSchema() throws IOException {
    Path file = directory.resolve("commented.json");
    Files.writeString(
        file,
        """
        // Photographs.
        {
          "$schema": "recipe.schema.json", /* for editors */
          "name": "commented", // a name
          "network": "resnet20-cifar",
          "data": {"training": {"type": "textures"}},
          "training": {}
        } // end
        """);
    CommandResult ran = CommandResult.of("recipe", "show", file);
    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonElement shown = JsonParser.parseString(ran.out());
    assertThat(shown.getAsJsonObject().keySet()).contains("name").doesNotContain("$schema");
    Files.writeString(file, "{\"name\": \"a\", # no comment\n}");
    assertThat(CommandResult.of("recipe", "show", file).err())
        .contains("line 1, column 15: this is not JSON: a comment begins with // or /*.");
  }
}
