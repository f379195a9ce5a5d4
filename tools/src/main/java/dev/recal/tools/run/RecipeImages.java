package dev.recal.tools.run;

import com.google.gson.JsonPrimitive;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.PhotographSettings;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.data.source.ImageLabels;
import dev.recal.graphs.data.source.ImageNumbers;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.ops.json.JsonRecords;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The settings of a recipe that train it on a user's images, whatever its task names them.
 *
 * @param images a folder, a zip archive, or another source that {@link DataSources} detects
 * @param labels a file with any number of classes for each image of the folder, if there is one
 * @param numbers a file with numbers for each image of the folder, if there is one
 */
public record RecipeImages(Path images, Optional<Path> labels, Optional<Path> numbers) {

  private static final String IMAGE_SIZE = "data.imageSize=";
  private static final JsonRecords JSON = DataSourceRegistry.addTo(JsonRecords.sealed());

  /** Makes the paths absolute, so that the recipe's base directory does not matter. */
  public RecipeImages {
    images = images.toAbsolutePath().normalize();
    labels = labels.map(file -> file.toAbsolutePath().normalize());
    numbers = numbers.map(file -> file.toAbsolutePath().normalize());
    if (labels.isPresent() && numbers.isPresent()) {
      throw new UsageException("--labels: images have either classes or --numbers.");
    }
  }

  /** Images whose folders are their classes, or that have none. */
  public RecipeImages(Path images) {
    this(images, Optional.empty(), Optional.empty());
  }

  /** Returns the name of the recipe for them where the user gives none. */
  public String usualRecipe() {
    return PhotographSettings.recipe(outputs());
  }

  private OutputKind outputs() {
    if (labels.isPresent()) {
      return OutputKind.SEVERAL_CLASSES;
    }
    return numbers.isPresent() ? OutputKind.NUMBERS : OutputKind.ONE_CLASS;
  }

  /**
   * Returns the settings as {@code key=value} pairs, to be applied before a user's own. The recipes
   * of {@link PhotographSettings} are also fitted to the images, which are opened for it.
   *
   * @param recipe a path, or the name of a built-in recipe
   * @param own the user's settings; a {@code data.imageSize} among them is one that others fit to
   * @param fromWeights whether training starts from weights
   * @param notice gets sentences about what was chosen
   * @throws UsageException if the recipe's task does not train on a folder of images
   * @throws IOException if the recipe or the images cannot be read
   */
  public List<String> settings(
      String recipe, List<String> own, boolean fromWeights, Consumer<String> notice)
      throws IOException {
    String text = Recipes.text(recipe);
    String task = UsageException.check(() -> RecipeJson.task(text));
    if (!task.equals("classification") && (labels.isPresent() || numbers.isPresent())) {
      throw new UsageException(
          "--labels, --numbers: expected a recipe of the task 'classification', but got one of '"
              + task
              + "'.");
    }
    return switch (task) {
      case "classification" -> classification(recipe, own, fromWeights, notice);
      case "style" -> List.of("data.training=" + json(collection()), "data.evaluation=null");
      case "arbitrary-style" ->
          List.of("data.training=" + json(collection()), "data.evaluation=null");
      case "synthesis" -> List.of("data.images=" + json(collection()));
      case "one-shot" -> List.of("data.file=" + quoted(images));
      default ->
          throw new UsageException(
              "--images: expected a recipe that trains on images alone, but got one of the task '"
                  + task
                  + "'; set its data with --set.");
    };
  }

  private List<String> classification(
      String recipe, List<String> own, boolean fromWeights, Consumer<String> notice)
      throws IOException {
    DataSource source = source();
    List<String> all = new ArrayList<>();
    all.add("data.training=" + json(source));
    all.add("data.evaluation=null");
    OutputKind kind = outputs();
    if (kind != OutputKind.ONE_CLASS && !compares(recipe, kind)) {
      all.add("training.loss=" + kind.usualLoss());
      all.add("training.labelSmoothing=0");
    }
    if (PhotographSettings.isFor(recipe)) {
      try (DataSet data = source.open(OpenSettings.defaults())) {
        if (data.count() >= 2) {
          PhotographSettings settings = PhotographSettings.of(data, fromWeights, imageSize(own));
          all.addAll(settings.overrides());
          List<String> together = new ArrayList<>(all);
          together.addAll(own);
          if (Recipes.read(recipe, together) instanceof ClassificationRecipe chosen) {
            notice.accept(settings.description(chosen));
          }
        }
      }
    }
    return all;
  }

  private static boolean compares(String recipe, OutputKind kind) throws IOException {
    return Recipes.read(recipe, List.of()) instanceof ClassificationRecipe classification
        && classification.training().loss().outputs() == kind;
  }

  private DataSource source() {
    return labels
        .<DataSource>map(file -> new ImageLabels(images, file))
        .or(() -> numbers.map(file -> new ImageNumbers(images, file)))
        .orElseGet(() -> DataSources.of(images));
  }

  // Others fit to it; one that is not a positive number is refused where the recipe is read.
  private static Optional<Integer> imageSize(List<String> own) {
    return own.stream()
        .filter(pair -> pair.matches(IMAGE_SIZE + "[1-9][0-9]{0,5}"))
        .reduce((earlier, later) -> later)
        .map(pair -> Integer.valueOf(pair.substring(IMAGE_SIZE.length())));
  }

  private DataSource collection() {
    return new ImageCollection(images);
  }

  private static String json(DataSource source) {
    return JSON.write(source, DataSource.class).toString();
  }

  private static String quoted(Path path) {
    return new JsonPrimitive(path.toString()).toString();
  }
}
