package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.oneshot.OneShotRecipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The settings of commands that train a pyramid. */
final class OneShotTrainingOptions {

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description =
          "One-shot recipe to start from: a file, or the name of one in recipes/: oneshot-slim or"
              + " oneshot-plain.")
  private String recipe;

  @Option(
      names = "--skip",
      paramLabel = "KIND",
      description =
          "Modulation of the generators: slim or none, plain SinGAN (default: the recipe's,"
              + " otherwise slim).")
  private SinGan.Modulation skip;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Number of training steps of each scale (2000).")
  private Long steps;

  @Option(
      names = "--max-size",
      paramLabel = "PIXELS",
      description = "Longer side of the largest scale; larger images are reduced to it (250).")
  private Integer maxSize;

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
    return recipe != null || !settings().isEmpty();
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    add(settings, "network.skip", skip == null ? null : skip.name().toLowerCase(Locale.ROOT));
    add(settings, "training.steps", steps);
    add(settings, "pyramid.maxSize", maxSize);
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
   * Returns the recipe for an image.
   *
   * @param purpose settings of the command, which the user's own override
   */
  OneShotRecipe read(Path image, List<String> purpose) throws IOException {
    List<String> all = new ArrayList<>(purpose);
    all.addAll(settings());
    return OneShotRecipes.read(recipe, image, all);
  }
}
