package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.PyramidSettings;
import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.graphs.task.Recipe;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A recipe of one-shot synthesis.
 *
 * @param name a short name for people and directories
 * @param network the generators and critics
 * @param pyramid the sizes of the scales
 * @param data the training image
 * @param training losses, optimiser and further settings
 */
public record OneShotRecipe(
    String name,
    SinGan network,
    PyramidSettings pyramid,
    OneShotData data,
    OneShotSettings training)
    implements Recipe {

  /** Rejects missing parts, and names that are not file names. */
  public OneShotRecipe {
    Recipe.requireName(name);
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(pyramid, "pyramid");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(data, "data");
  }

  /** SLIM, from 25 to 250 pixels, 2,000 steps a scale, on {@code image.png}. */
  public static OneShotRecipe defaults() {
    return new OneShotRecipe(
        "oneshot-slim",
        SinGan.defaults(),
        PyramidSettings.defaults(),
        new OneShotData("image.png"),
        OneShotSettings.defaults());
  }

  @Override
  public OneShotRecipe at(Path base) {
    return withData(data.at(base));
  }

  /** Returns the same recipe for other networks. */
  public OneShotRecipe withNetwork(SinGan networks) {
    return new OneShotRecipe(name, networks, pyramid, data, training);
  }

  /** Returns the same recipe for another image. */
  public OneShotRecipe withData(OneShotData other) {
    return new OneShotRecipe(name, network, pyramid, other, training);
  }

  /** Returns the same recipe under another name. */
  public OneShotRecipe withName(String other) {
    return new OneShotRecipe(other, network, pyramid, data, training);
  }

  /** Returns the same recipe with other sizes. */
  public OneShotRecipe withPyramid(PyramidSettings sizes) {
    return new OneShotRecipe(name, network, sizes, data, training);
  }

  /** Returns the same recipe with other settings. */
  public OneShotRecipe withTraining(OneShotSettings settings) {
    return new OneShotRecipe(name, network, pyramid, data, settings);
  }
}
