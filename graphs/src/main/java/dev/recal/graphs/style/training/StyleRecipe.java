package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.style.StyleTransformer;
import dev.recal.graphs.style.loss.StyleLoss;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.StartingWeights;
import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The training of a style network as a file.
 *
 * @param name a short name for people and directories
 * @param network what is trained
 * @param style the image whose style is learned
 * @param data the content images
 * @param loss the loss network and the weights of its maps
 * @param training optimiser, schedule and other training settings
 * @param weights what the network starts from; empty for random values
 */
public record StyleRecipe(
    String name,
    StyleTransformer network,
    StyleImage style,
    StyleData data,
    StyleLoss loss,
    StyleTraining training,
    Optional<StartingWeights> weights)
    implements Recipe {

  /** Rejects missing parts, names that are not file names, and images that are too small. */
  public StyleRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(style, "style");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(weights, "weights");
    Recipe.requireName(name);
    Arguments.atLeast(network.minimumSide(), "size", data.size());
  }

  @Override
  public StyleRecipe at(Path base) {
    return new StyleRecipe(
        name,
        network,
        style.at(base),
        data.at(base),
        loss.at(base),
        training,
        weights.map(start -> start.at(base)));
  }

  /** Returns the same recipe for another network. */
  public StyleRecipe withNetwork(StyleTransformer other) {
    return new StyleRecipe(name, other, style, data, loss, training, weights);
  }

  /** Returns the same recipe for another style image. */
  public StyleRecipe withStyle(StyleImage other) {
    return new StyleRecipe(name, network, other, data, loss, training, weights);
  }

  /** Returns the same recipe for other content images. */
  public StyleRecipe withImages(DataSource images) {
    return withData(data.with(images, Optional.empty()));
  }

  /** Returns the same recipe for other data. */
  public StyleRecipe withData(StyleData other) {
    return new StyleRecipe(name, network, style, other, loss, training, weights);
  }

  /** Returns the same recipe with another loss. */
  public StyleRecipe withLoss(StyleLoss other) {
    return new StyleRecipe(name, network, style, data, other, training, weights);
  }

  /** Returns the same recipe without weights to start from. */
  StyleRecipe fromRandomValues() {
    return new StyleRecipe(name, network, style, data, loss, training, Optional.empty());
  }
}
