package dev.recal.graphs.classification;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The next thing to try, by the first rule that applies. */
record NextStep(Evidence evidence, Judgement.Result result) {

  private static final double LEARNED = 0.8;
  private static final double GOOD = 0.95;
  private static final double MEMORISED = 0.2;
  private static final int FEW_STEPS = 100;
  private static final double UNBALANCED = 2;
  private static final int FEW_IMAGES = 500;
  private static final double MANY = 0.2;

  /**
   * Whether training ended before the network had learned its own images; not if it already knows
   * them much better than others, which a longer training does not mend, nor if it knows others
   * well, as where some of its own have wrong labels.
   */
  boolean hasTooFewSteps() {
    return endedEarly(evidence)
        && (evidence.answersNothing() || !isMemorised() && !(result.accuracy() >= GOOD));
  }

  private static boolean endedEarly(Evidence evidence) {
    // Mixed and distorted images are never answered as well as plain ones.
    double learned = evidence.training().distorted() ? LEARNED / 2 : LEARNED;
    return evidence
        .progress()
        .filter(progress -> progress.accuracy() < learned)
        .filter(progress -> progress.isFalling() || progress.steps() < FEW_STEPS)
        .isPresent();
  }

  /** Whether so many images are concerned that it matters. */
  static boolean isMany(int images, Evidence.Sizes sizes) {
    return images > MANY * sizes.images();
  }

  String sentence() {
    Evidence.Training training = evidence.training();
    if (evidence.unfinished().isPresent()) {
      return "resume the training, which is at " + evidence.unfinished().get() + ".";
    }
    if (evidence.answersNothing()) {
      return hasTooFewSteps()
          ? "train longer, with "
              + longer()
              + ": the stored statistics of norms follow the images slowly."
          : "train with a lower training.learningRate.base.";
    }
    if (result.verdict() == Judgement.Verdict.UNDECIDED) {
      return "evaluate on images of all classes.";
    }
    if (isUnbalanced() && !training.balanced() && suffersFromBalance()) {
      return "give all classes the same part in training, with data.sampling=balanced"
          + (hasTooFewSteps() ? " and " + longer() : "")
          + ", or with training.classWeights=balanced.";
    }
    if (hasTooFewSteps()) {
      return "train longer, with " + longer() + ", or find a learning rate first.";
    }
    if (!training.fromWeights() && isSmall()) {
      return JudgementText.format(
          "start from trained weights, which %,d images of a class or fewer need; docs/weights.md"
              + " lists files that fit.",
          Collections.max(evidence.trainingImages()));
    }
    if (isMemorised()) {
      return training.distorted()
          ? "collect more images: the network knows its training images, but not others."
          : "make memorising harder, with data.randAugment={} and training.mixup=0.2: the network"
              + " knows its training images, but not others.";
    }
    return bySize();
  }

  private String bySize() {
    Evidence.Sizes sizes = evidence.sizes();
    if (isMany(sizes.enlarged(), sizes)) {
      return "train on smaller inputs, with " + sized(sizes, 0.5) + ".";
    }
    if (isMany(sizes.shrunk(), sizes)) {
      return "train on larger inputs, with " + sized(sizes, 2) + ".";
    }
    return switch (result.verdict()) {
      case BETTER_THAN_MAJORITY ->
          result.never().isEmpty()
              ? "export the model, or look at the most frequent confusions."
              : "collect images of the classes that are never answered.";
      default -> "check some images of each class by eye, and collect more of them.";
    };
  }

  // The centre that evaluation crops has the same share of an image as before.
  private static String sized(Evidence.Sizes sizes, double factor) {
    return "data.imageSize="
        + (int) (factor * sizes.imageSize())
        + sizes
            .resize()
            .map(side -> " and data.evaluationAugmentation.resize=" + (int) (factor * side))
            .orElse("");
  }

  private String longer() {
    Evidence.Training training = evidence.training();
    return training
        .steps()
        .map(steps -> "training.steps=" + 2 * steps)
        .orElseGet(() -> "training.epochs=" + (long) Math.ceil(2 * training.epochs()));
  }

  private boolean isUnbalanced() {
    List<Long> counts = counts().filter(count -> count > 0).boxed().toList();
    return counts.size() > 1 && Collections.max(counts) >= UNBALANCED * Collections.min(counts);
  }

  // Held-out images are a share of each class, where the others are not known.
  private LongStream counts() {
    List<Integer> training = evidence.trainingImages();
    return training.isEmpty()
        ? IntStream.range(0, evidence.classes().size()).mapToLong(evidence.confusion()::ofLabel)
        : training.stream().mapToLong(Integer::longValue);
  }

  // Classes that are never answered, or an accuracy that the majority makes.
  private boolean suffersFromBalance() {
    return !result.never().isEmpty()
        || result.verdict() != Judgement.Verdict.BETTER_THAN_MAJORITY
        || result.accuracy() - result.balanced() > 0.1;
  }

  private boolean isSmall() {
    return !evidence.trainingImages().isEmpty()
        && Collections.max(evidence.trainingImages()) < FEW_IMAGES
        && result.accuracy() < GOOD;
  }

  private boolean isMemorised() {
    return evidence
        .progress()
        .filter(progress -> progress.accuracy() > result.accuracy() + MEMORISED)
        .isPresent();
  }
}
