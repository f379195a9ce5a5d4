package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.loss.ArbitraryLoss;
import dev.recal.graphs.task.Recipe;
import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The training of a network for arbitrary styles as a file.
 *
 * @param name a short name for people and directories
 * @param network what is trained
 * @param data the content images, and how these and style images are prepared
 * @param styles the style images
 * @param loss the loss network, which is also the encoder, and weights
 * @param training optimiser, schedule and other training settings
 */
public record ArbitraryStyleRecipe(
    String name,
    ArbitraryStyle network,
    StyleData data,
    DataSource styles,
    ArbitraryLoss loss,
    StyleTraining training)
    implements Recipe {

  /** Rejects missing parts, names that are not file names, and sizes that do not fit. */
  public ArbitraryStyleRecipe {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(styles, "styles");
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(training, "training");
    Recipe.requireName(name);
    int stride = network.stride();
    Arguments.require(
        data.size() % stride == 0 && data.size() > stride,
        "size",
        "a multiple of the encoder's stride " + stride,
        data.size());
  }

  @Override
  public ArbitraryStyleRecipe at(Path base) {
    return new ArbitraryStyleRecipe(
        name, network, data.at(base), styles.at(base), loss.at(base), training);
  }

  /** Returns the same recipe for folders of content and style images. */
  public ArbitraryStyleRecipe withImages(Path content, Path styleImages) {
    return with(
        data.with(new ImageCollection(content), Optional.empty()),
        new ImageCollection(styleImages),
        loss);
  }

  /** Returns the same recipe for other data and another loss. */
  ArbitraryStyleRecipe with(StyleData otherData, DataSource otherStyles, ArbitraryLoss otherLoss) {
    return new ArbitraryStyleRecipe(name, network, otherData, otherStyles, otherLoss, training);
  }

  /** Returns the same recipe for another network and loss. */
  public ArbitraryStyleRecipe with(ArbitraryStyle otherNetwork, ArbitraryLoss otherLoss) {
    return new ArbitraryStyleRecipe(name, otherNetwork, data, styles, otherLoss, training);
  }
}
