package dev.recal.graphs.weights;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.VariableStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Session;

/**
 * A directory with a network and its weights: {@code network.json}, {@code labels.txt}, and
 * TensorFlow's {@code variables.index} and {@code variables.data-…} under the variables' own names.
 *
 * @param directory its path
 * @param description the description of the network
 * @param labels the class names in the order of the logits
 */
public record StoredNetwork(Path directory, Description description, List<String> labels)
    implements StoredModel {

  /** The file with the description of the network. */
  public static final String NETWORK = "network.json";

  /**
   * The description of a network and its weights.
   *
   * @param network the settings
   * @param imageSize rows and columns of its images
   * @param evaluationAugmentation how images from files are resized
   * @param origin the origin of the weights, as text
   */
  public record Description(
      Network network, int imageSize, Augmentation evaluationAugmentation, String origin) {

    /** Rejects missing parts, sizes below 1 and random augmentations. */
    public Description {
      Objects.requireNonNull(network, "network");
      Objects.requireNonNull(origin, "origin");
      if (imageSize < 1) {
        throw new IllegalArgumentException(
            "imageSize: expected at least 1, but got " + imageSize + ".");
      }
      if (evaluationAugmentation.isRandom()) {
        throw new IllegalArgumentException(
            "evaluationAugmentation: expected one that is not random, but got "
                + evaluationAugmentation
                + ".");
      }
    }
  }

  /** Rejects a number of labels other than the number of classes, and labels with line breaks. */
  public StoredNetwork {
    labels = List.copyOf(labels);
    StoredWeights.requireLabels(labels, description.network().classes());
  }

  /** Returns whether a directory is a stored network. */
  public static boolean isAt(Path directory) {
    return files(directory).exists();
  }

  private static StoredWeights files(Path directory) {
    return new StoredWeights(directory, NETWORK);
  }

  /**
   * Opens an existing directory.
   *
   * @throws IOException if files are missing or damaged
   */
  public static StoredNetwork open(Path directory) throws IOException {
    return files(directory)
        .read(
            (json, labels) ->
                new StoredNetwork(
                    directory, Networks.json().read(json, Description.class), labels));
  }

  @Override
  public Architecture architecture() {
    return Architecture.of(description.network());
  }

  @Override
  public int imageSize() {
    return description.imageSize();
  }

  @Override
  public String prefix() {
    return files(directory).prefix();
  }

  @Override
  public void write(Session session, VariableStore store) throws IOException {
    files(directory).write(Networks.json().write(description), labels, session, store);
  }
}
