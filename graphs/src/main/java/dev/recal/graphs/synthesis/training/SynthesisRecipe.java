package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.StartingWeights;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A recipe of few-shot synthesis.
 *
 * @param name a short name for people and directories
 * @param network what is trained
 * @param data the images
 * @param training optimiser, losses and further settings
 * @param weights what both networks start from; empty for random values
 */
public record SynthesisRecipe(
    String name,
    FastGan network,
    SynthesisData data,
    SynthesisSettings training,
    Optional<StartingWeights> weights)
    implements Recipe {

  /** Rejects missing parts, names that are not file names, and a new head. */
  public SynthesisRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(training, "training");
    Recipe.requireName(name);
    if (weights.isPresent() && weights.get().newHead()) {
      throw new IllegalArgumentException(
          "newHead: expected false, since a generator has no head, but got true.");
    }
  }

  /** Starts from random values. */
  public SynthesisRecipe(
      String name, FastGan network, SynthesisData data, SynthesisSettings training) {
    this(name, network, data, training, Optional.empty());
  }

  @Override
  public SynthesisRecipe at(Path base) {
    return new SynthesisRecipe(
        name, network, data.at(base), training.at(base), weights.map(start -> start.at(base)));
  }

  /** Returns the same recipe for other images. */
  public SynthesisRecipe withImages(DataSource images) {
    return new SynthesisRecipe(name, network, data.withImages(images), training, weights);
  }

  /** Returns the same recipe for another network. */
  public SynthesisRecipe withNetwork(FastGan other) {
    return new SynthesisRecipe(name, other, data, training, weights);
  }

  /** Returns the same recipe that starts from weights. */
  public SynthesisRecipe withWeights(StartingWeights start) {
    return new SynthesisRecipe(name, network, data, training, Optional.of(start));
  }
}
