package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.ImageItems;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.ops.Arguments;
import dev.recal.ops.Counted;
import dev.recal.ops.PlainNumber;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The settings of the recipes {@code photographs…}, chosen by the number and the size of the
 * images.
 *
 * <p>A step needs a few images for its batch statistics, an epoch a few steps, and training some
 * hundred steps: few images are shown more often, in smaller batches. Networks that start from
 * random weights learn little from few images that needs 224 pixels, and an image of 128 pixels
 * costs a third; trained weights expect 224. Images that are small anyway are not enlarged.
 *
 * @param images in all, those held out included
 * @param classes the number of classes, or of the numbers that are estimated
 * @param shorterSide the median of the images' shorter sides in pixels
 * @param fromWeights whether training starts from weights
 * @param givenSize rows and columns of the network's input, where they are not to be chosen
 */
public record PhotographSettings(
    int images, int classes, int shorterSide, boolean fromWeights, Optional<Integer> givenSize) {

  private static final int FEW = 2000;
  private static final int PUBLISHED_SIZE = 224;
  private static final int SMALL_SIZE = 128;
  private static final int MIN_SIZE = 32;
  private static final int CIFAR_SIZE = 64;
  private static final int MAX_BATCH = 32;
  private static final int MIN_BATCH = 4;
  private static final int STEPS_PER_EPOCH = 12;

  /** Rejects fewer than two images, and sides below 1. */
  public PhotographSettings {
    Arguments.atLeast(2, "images", images);
    Arguments.atLeast(1, "classes", classes);
    Arguments.atLeast(1, "shorterSide", shorterSide);
    givenSize.ifPresent(size -> Arguments.atLeast(1, "imageSize", size));
  }

  /**
   * Returns the name of the recipe that fits photographs.
   *
   * @param outputs what each of them has
   */
  public static String recipe(OutputKind outputs) {
    return switch (outputs) {
      case ONE_CLASS -> "photographs";
      case SEVERAL_CLASSES -> "photographs-several-classes";
      case NUMBERS -> "photographs-numbers";
    };
  }

  /** Returns whether a recipe is one that these settings are for. */
  public static boolean isFor(String recipe) {
    return Arrays.stream(OutputKind.values()).anyMatch(kind -> recipe(kind).equals(recipe));
  }

  /** Settings of a size that is chosen too. */
  public PhotographSettings(int images, int classes, int shorterSide, boolean fromWeights) {
    this(images, classes, shorterSide, fromWeights, Optional.empty());
  }

  /**
   * Returns the settings for opened images.
   *
   * @param givenSize rows and columns of the network's input, where they are not to be chosen
   */
  public static PhotographSettings of(
      DataSet data, boolean fromWeights, Optional<Integer> givenSize) {
    ImageItems items = data.images();
    int[] sides =
        IntStream.range(0, data.count())
            .map(data::itemOf)
            .map(item -> Math.min(items.height(item), items.width(item)))
            .sorted()
            .toArray();
    int median = sides.length == 0 ? 1 : sides[sides.length / 2];
    return new PhotographSettings(
        data.count(), data.outputNames().size(), median, fromWeights, givenSize);
  }

  /** The held-out share of each class. */
  double holdOut() {
    return images < FEW ? 0.2 : 0.1;
  }

  private int trainingImages() {
    return Math.max(1, (int) Math.round(images * (1 - holdOut())));
  }

  /** Rows and columns of the network's input. */
  int imageSize() {
    return givenSize.orElseGet(this::fittingSize);
  }

  private int fittingSize() {
    int limit = fromWeights || images >= FEW ? PUBLISHED_SIZE : SMALL_SIZE;
    int fitting = shorterSide / MIN_SIZE * MIN_SIZE;
    return Math.max(MIN_SIZE, Math.min(limit, fitting));
  }

  /** A power of two, so that an epoch has about a dozen steps. */
  int batch() {
    int wanted = Math.max(MIN_BATCH, Integer.highestOneBit(trainingImages() / STEPS_PER_EPOCH));
    // Of a class of two images one is held out, so at least half of all remain.
    return Math.min(images / 2, Math.min(MAX_BATCH, wanted));
  }

  /** Passes over the images: 900/√images, half of that from weights. */
  int epochs() {
    double passes = (fromWeights ? 450 : 900) / Math.sqrt(trainingImages());
    return (int)
        Math.round(Math.max(fromWeights ? 8 : 10, Math.min(fromWeights ? 30 : 60, passes)));
  }

  /** The learning rate, proportional to the batch. */
  double learningRate() {
    return (fromWeights ? 0.005 : 0.02) * batch() / MAX_BATCH;
  }

  /** Returns the settings as {@code key=value} pairs. */
  public List<String> overrides() {
    int size = imageSize();
    List<String> all = new ArrayList<>();
    all.add("data.holdOut=" + holdOut());
    all.add("data.imageSize=" + size);
    all.add(
        "data.evaluationAugmentation={\"type\":\"center-crop\",\"resize\":"
            + Math.round(size * 256.0 / PUBLISHED_SIZE)
            + "}");
    if (images < FEW) {
      // A crop of 8 % of the area often misses the object, and few images cannot even that out.
      all.add("data.augmentation.minScale=0.25");
    }
    if (size <= CIFAR_SIZE && !fromWeights) {
      all.add("network.stem=cifar");
    }
    all.add("training.batch=" + batch());
    all.add("training.epochs=" + epochs());
    all.add("training.evaluateEvery=" + Math.max(1, epochs() / 20));
    all.add("training.learningRate.base=" + learningRate());
    all.add("training.learningRate.warmUpEpochs=" + Math.max(1, epochs() / 12));
    return all;
  }

  /**
   * Returns sentences for people.
   *
   * @param recipe with these settings, and those that a user changed
   */
  public String description(ClassificationRecipe recipe) {
    ClassificationSettings training = recipe.training();
    String outputs =
        training.loss().outputs() == OutputKind.NUMBERS
            ? Counted.of(classes, "number")
            : Counted.of(classes, "class", "classes");
    int size = recipe.data().imageSize();
    String length =
        training
            .steps()
            .map(steps -> Counted.of(steps, "step"))
            .orElseGet(() -> Counted.of(training.epochs(), 4, "epoch"));
    return String.format(
        Locale.ROOT,
        "%s of %s, shorter side %,d pixels in the median. Settings that fit them:"
            + " %d×%d pixels, batch %d, %s, %s %% held out; --set changes them.",
        Counted.of(images, "image"),
        outputs,
        shorterSide,
        size,
        size,
        training.batch(),
        length,
        PlainNumber.of(100 * recipe.data().holdOut(), 3));
  }
}
