package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ConfusionMatrix;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.logs.LastSteps;
import dev.recal.graphs.task.RunProgress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a {@link Judgement} of a classifier is made from.
 *
 * @param classes names in the order of the confusion matrix
 * @param trainingImages of each class; empty if they are not known
 * @param confusion of the held-out images
 * @param undecided held-out images whose logits were not all finite
 * @param sizes of the images
 * @param skipped files that could not be used
 * @param training how the network was trained
 * @param progress of the training; empty if it is not known
 * @param unfinished where the training is, if it was interrupted; empty if it is finished
 * @param best what the exported weights answer; empty if they are the judged ones
 */
record Evidence(
    List<String> classes,
    List<Integer> trainingImages,
    ConfusionMatrix confusion,
    long undecided,
    Sizes sizes,
    int skipped,
    Training training,
    Optional<LastSteps> progress,
    Optional<RunProgress> unfinished,
    Optional<Best> best) {

  /** Copies the lists, and rejects names that the matrix does not have. */
  Evidence {
    classes = List.copyOf(classes);
    trainingImages = List.copyOf(trainingImages);
    Objects.requireNonNull(confusion, "confusion");
    Objects.requireNonNull(sizes, "sizes");
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(unfinished, "unfinished");
    Objects.requireNonNull(best, "best");
    if (classes.size() != confusion.classes()) {
      throw new IllegalArgumentException(
          "classes: expected " + confusion.classes() + ", but got " + classes.size() + ".");
    }
  }

  /** Returns whether there are images, but no finite logits for any of them. */
  boolean answersNothing() {
    return undecided > 0 && confusion.total() == 0;
  }

  /**
   * What the best checkpoint answers for the held-out images, which chose it.
   *
   * @param step after which it was written
   * @param confusion of the held-out images
   * @param undecided held-out images whose logits were not all finite
   */
  record Best(long step, ConfusionMatrix confusion, long undecided) {

    Best {
      Objects.requireNonNull(confusion, "confusion");
    }

    double accuracy() {
      return confusion.correct() / (double) (confusion.total() + undecided);
    }
  }

  /**
   * How images fit the network's input.
   *
   * @param imageSize rows and columns of the input
   * @param resize to what the shorter side is resized before evaluation crops the centre; empty
   *     where it does not
   * @param images their number
   * @param enlarged images whose shorter side is shorter than the input
   * @param shrunk images whose shorter side is at least four times as long
   */
  record Sizes(int imageSize, Optional<Integer> resize, int images, int enlarged, int shrunk) {

    private static final int MUCH = 4;

    static Sizes of(DataSet data, DataRecipe recipe) {
      int imageSize = recipe.imageSize();
      ImageItems items = data.images();
      int shrunk =
          (int)
              IntStream.range(0, data.count())
                  .map(data::itemOf)
                  .filter(i -> Math.min(items.height(i), items.width(i)) >= MUCH * imageSize)
                  .count();
      Optional<Integer> resize =
          recipe.evaluationAugmentation() instanceof Augmentation.CenterCrop crop
              ? Optional.of(crop.resize())
              : Optional.empty();
      return new Sizes(imageSize, resize, data.count(), data.countSmallerThan(imageSize), shrunk);
    }
  }

  /**
   * Settings that a next thing to try depends on.
   *
   * @param epochs passes over the images
   * @param steps optimiser steps; where given, they replace the epochs
   * @param balanced whether classes are sampled or weighted alike
   * @param fromWeights whether training started from weights
   * @param distorted whether images are mixed, erased or otherwise distorted
   */
  record Training(
      double epochs,
      Optional<Long> steps,
      boolean balanced,
      boolean fromWeights,
      boolean distorted) {

    static Training of(ClassificationRecipe recipe) {
      ClassificationSettings settings = recipe.training();
      return new Training(
          settings.epochs(),
          settings.steps(),
          recipe.balancesClasses(),
          recipe.weights().isPresent(),
          settings.mixup().isPresent()
              || settings.cutmix().isPresent()
              || !recipe.data().distortions().isNone());
    }
  }

  /** Counts as a list. */
  static List<Integer> counts(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
