package dev.recal.tools.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.graphs.style.loss.StyleLoss;
import dev.recal.graphs.style.training.FileStyleImage;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Recipes;
import dev.recal.tools.synthesis.SynthesisRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The settings of commands that train style networks. */
final class StyleTrainingOptions {

  private static final String PLAIN =
      """
      {"task": "style", "name": "style", "network": {}, "style": "texture", "data": {}, "loss": {},
       "training": {}}
      """;

  @Option(
      names = "--content",
      paramLabel = "DIR",
      description = "A folder of photographs, searched recursively, or a zip archive.")
  private Path content;

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description =
          "Style recipe to start from: a file, or the name of one in recipes/: style-pytorch or"
              + " style-johnson.")
  private String recipe;

  @Option(
      names = "--variant",
      paramLabel = "FORM",
      description = "Form of the network: pytorch or johnson (default: the recipe's, or pytorch).")
  private StyleVariant variant;

  @Option(
      names = "--loss-network",
      paramLabel = "MODEL",
      description =
          "SavedModel with named maps, as written by 'style network' (default: the recipe's, or"
              + " random features).")
  private Path lossNetwork;

  @Option(
      names = "--content-weight",
      paramLabel = "X",
      description = "Multiplies the weights of the content losses (1).")
  private double contentWeight = 1;

  @Option(
      names = "--style-weight",
      paramLabel = "X",
      description = "Multiplies the weights of the style losses (1).")
  private double styleWeight = 1;

  @Option(
      names = "--style-size",
      paramLabel = "PIXELS",
      description = "Longer side that the style image is resized to (default: its own size).")
  private Integer styleSize;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Rows and columns of the training images: centre crops (256).")
  private Integer size;

  @Option(names = "--steps", paramLabel = "N", description = "Number of training steps (2 epochs).")
  private Long steps;

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (4).")
  private Integer batch;

  @Option(
      names = "--precision",
      paramLabel = "FORMAT",
      description =
          "Precision of the convolutions: float32, bfloat16 or, on a GPU, float16 (float32).")
  private Precision precision;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting, for example training.learningRate.base=1e-4.")
  private List<String> overrides = new ArrayList<>();

  /** Returns whether a recipe or a setting is given. */
  boolean given() {
    return content != null
        || recipe != null
        || variant != null
        || lossNetwork != null
        || contentWeight != 1
        || styleWeight != 1
        || styleSize != null
        || !settings().isEmpty();
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    if (size != null) {
      settings.add("data.size=" + size);
      JsonObject crop = new JsonObject();
      crop.addProperty("type", "center-crop");
      crop.addProperty("resize", size);
      settings.add("data.augmentation=" + crop);
    }
    add(settings, "training.steps", steps);
    add(settings, "training.batch", batch);
    add(
        settings,
        "training.precision",
        precision == null ? null : precision.name().toLowerCase(Locale.ROOT));
    settings.addAll(overrides);
    return settings;
  }

  private static void add(List<String> settings, String key, Object value) {
    if (value != null) {
      settings.add(key + "=" + value);
    }
  }

  /**
   * Returns the recipe for a style image.
   *
   * @param norm of the network; the recipe's if empty
   * @throws UsageException if there is no such recipe, or a setting is rejected
   */
  StyleRecipe read(Path style, Optional<StyleNorm> norm) throws IOException {
    if (content == null) {
      throw new UsageException("--content: expected a folder of photographs, but got none.");
    }
    String text = recipe == null ? PLAIN : Recipes.text(recipe);
    String name =
        SynthesisRecipes.nameOf(style)
            + norm.map(kind -> "-" + StyleNormConverter.word(kind)).orElse("");
    List<String> all = new ArrayList<>(List.of("name=" + new JsonPrimitive(name)));
    all.addAll(settings());
    return UsageException.check(
        () -> {
          StyleRecipe read = RecipeJson.read(text, all, StyleRecipe.class);
          Optional<Integer> pixels = Optional.ofNullable(styleSize);
          if (pixels.isEmpty() && read.style() instanceof FileStyleImage file) {
            pixels = file.size();
          }
          StyleRecipe changed =
              read.withStyle(new FileStyleImage(style, pixels))
                  .withImages(new ImageCollection(content))
                  .withLoss(loss(read.loss()).scaled(contentWeight, styleWeight));
          if (variant != null) {
            changed = changed.withNetwork(changed.network().with(variant));
          }
          if (norm.isPresent()) {
            changed = changed.withNetwork(changed.network().with(norm.get()));
          }
          return changed.at(Path.of(""));
        });
  }

  // Without a recipe, a network of the user has the weights of PyTorch's example.
  private StyleLoss loss(StyleLoss read) {
    if (lossNetwork == null) {
      return read;
    }
    return recipe == null && read.equals(StyleLoss.defaults())
        ? StyleLoss.pytorch(lossNetwork)
        : read.with(Optional.of(lossNetwork));
  }
}
