package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.synthesis.FastGan;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A recipe of few-shot synthesis.
 *
 * @param name a short name for people and directories
 * @param network what is trained
 * @param data the images
 * @param training optimiser, losses and further settings
 */
public record SynthesisRecipe(
    String name, FastGan network, SynthesisData data, SynthesisSettings training) {

  /** Rejects missing parts and names that are not file names. */
  public SynthesisRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(training, "training");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, '.', '_' and '-', but got '" + name + "'.");
    }
  }

  /** Returns the same recipe whose relative paths start at a directory. */
  public SynthesisRecipe at(Path base) {
    return new SynthesisRecipe(name, network, data.at(base), training.at(base));
  }

  /** Returns the same recipe for other images. */
  public SynthesisRecipe withImages(DataSource images) {
    return new SynthesisRecipe(name, network, data.withImages(images), training);
  }

  /** Returns the same recipe for another network. */
  public SynthesisRecipe withNetwork(FastGan other) {
    return new SynthesisRecipe(name, other, data, training);
  }
}
