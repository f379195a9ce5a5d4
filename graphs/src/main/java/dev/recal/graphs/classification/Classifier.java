package dev.recal.graphs.classification;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.objective.Outputs;
import java.util.List;
import java.util.Objects;

/**
 * A network with what is needed to answer for images.
 *
 * @param network for as many classes as there are labels
 * @param labels the class names in the order of the logits
 * @param evaluation how images from files are brought to size
 * @param imageSize rows and columns of the network's input
 * @param outputs what the logits mean
 */
public record Classifier(
    Network network, List<String> labels, Augmentation evaluation, int imageSize, Outputs outputs) {

  /** Copies the labels. */
  public Classifier {
    Objects.requireNonNull(outputs, "outputs");
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(evaluation, "evaluation");
    labels = List.copyOf(labels);
  }

  /** A classifier for images with one class each. */
  public Classifier(Network network, List<String> labels, Augmentation evaluation, int imageSize) {
    this(network, labels, evaluation, imageSize, Outputs.oneClass());
  }
}
