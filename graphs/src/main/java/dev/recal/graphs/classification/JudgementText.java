package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ShareInterval;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.logs.LastSteps;
import dev.recal.ops.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The sentences of a {@link Judgement}, except what to try next. */
record JudgementText(Evidence evidence, Judgement.Result result) {

  private static final int LISTED = 12;
  private static final int FEW = 5;

  /** What the result is: classes, accuracies, verdict. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    if (evidence.answersNothing()) {
      lines.add(
          format(
              "The logits of all %,d images were not finite: do not use this model.",
              evidence.undecided()));
      return lines;
    }
    lines.add(classes());
    if (result.images() == 0) {
      lines.add("The evaluation has no images, so the result cannot be judged.");
      return lines;
    }
    ShareInterval interval = result.interval();
    lines.add(
        format(
            "Accuracy %s of %s (95 %% interval %s to %s); always answering '%s' has %s,"
                + " chance %s.",
            percent(result.accuracy()),
            Counted.of(result.images(), "image"),
            percent(interval.low()),
            percent(interval.high()),
            name(result.majority()),
            percent(result.majorityShare()),
            percent(result.chance())));
    lines.add(
        format("Balanced accuracy, the mean over the classes: %s.", percent(result.balanced())));
    lines.add(verdict());
    return lines;
  }

  private String verdict() {
    String majority = "'" + name(result.majority()) + "'";
    return switch (result.verdict()) {
      case UNDECIDED ->
          "All images to evaluate are of the class " + majority + ", so nothing can be judged.";
      case NO_BETTER_THAN_MAJORITY ->
          "The result is not better than always predicting "
              + majority
              + ": do not use this model.";
      case BETTER_THAN_CHANCE ->
          "The accuracy is not better than always predicting "
              + majority
              + ", but the network tells classes apart: its balanced accuracy is above chance.";
      case BETTER_THAN_MAJORITY -> "The result is better than always answering " + majority + ".";
    };
  }

  /** Classes and their counts: training and held-out images. */
  private String classes() {
    int count = evidence.classes().size();
    if (count <= LISTED) {
      List<String> all = IntStream.range(0, count).mapToObj(this::counted).toList();
      return "Classes (" + countsAre() + "): " + String.join(", ", all) + ".";
    }
    int least = 0;
    int most = 0;
    for (int label = 1; label < count; label++) {
      least = images(label) < images(least) ? label : least;
      most = images(label) > images(most) ? label : most;
    }
    return format(
        "%,d classes (%s), from %s to %s.", count, countsAre(), counted(least), counted(most));
  }

  private String countsAre() {
    return evidence.trainingImages().isEmpty() ? "evaluated images" : "training + held-out images";
  }

  private long images(int label) {
    return evidence.trainingImages().isEmpty()
        ? evidence.confusion().ofLabel(label)
        : evidence.trainingImages().get(label);
  }

  private String counted(int label) {
    long held = evidence.confusion().ofLabel(label);
    return evidence.trainingImages().isEmpty()
        ? format("%s %,d", name(label), held)
        : format("%s %,d + %,d", name(label), evidence.trainingImages().get(label), held);
  }

  /** Further facts that explain a result. */
  List<String> remarks() {
    List<String> lines = new ArrayList<>();
    if (evidence.answersNothing()) {
      evidence.best().ifPresent(best -> lines.add(exported(best)));
      evidence.progress().ifPresent(progress -> lines.addAll(progress(progress)));
      return lines;
    }
    if (!result.never().isEmpty()) {
      lines.add("Never answered: " + never(result.never()) + ".");
    }
    evidence.best().ifPresent(best -> lines.add(exported(best)));
    if (evidence.undecided() > 0) {
      lines.add(
          format(
              "For %s the logits were not finite; they count as wrong.",
              Counted.of(evidence.undecided(), "image")));
    }
    List<String> few =
        IntStream.range(0, evidence.classes().size())
            .filter(label -> evidence.confusion().ofLabel(label) < FEW)
            .mapToObj(this::name)
            .toList();
    if (!few.isEmpty() && result.images() > 0) {
      lines.add(
          format(
              "Fewer than %d images to evaluate: %s; their accuracies say little.",
              FEW, DataSet.summarise(few)));
    }
    evidence.progress().ifPresent(progress -> lines.addAll(progress(progress)));
    lines.addAll(sizes());
    if (evidence.skipped() > 0) {
      lines.add(
          format(
              "%s could not be used and %s skipped.",
              Counted.of(evidence.skipped(), "file"), evidence.skipped() == 1 ? "was" : "were"));
    }
    return lines;
  }

  private String never(List<Integer> labels) {
    return format(
        "%s (%d of %d classes)",
        DataSet.summarise(labels.stream().map(this::name).toList()),
        labels.size(),
        evidence.classes().size());
  }

  private String exported(Evidence.Best best) {
    List<Integer> never = Judgement.Result.never(best.confusion());
    return format(
        "The figures above are of the weights at the end. Exported is the best checkpoint, of step"
            + " %,d: accuracy %s, balanced accuracy %s, never answered: %s. These images chose it,"
            + " so others will have lower accuracies.",
        best.step(),
        percent(best.accuracy()),
        percent(best.confusion().balancedAccuracy()),
        never.isEmpty() ? "none" : never(never));
  }

  private List<String> progress(LastSteps progress) {
    if (evidence.unfinished().isPresent() || !new NextStep(evidence, result).hasTooFewSteps()) {
      return List.of();
    }
    return List.of(
        format(
            "The %,d steps were too few: the accuracy on training images was %s%s.",
            progress.steps(),
            percent(progress.accuracy()),
            progress.isFalling() ? ", and the loss was still falling" : ""));
  }

  private List<String> sizes() {
    Evidence.Sizes sizes = evidence.sizes();
    List<String> lines = new ArrayList<>();
    if (NextStep.isMany(sizes.enlarged(), sizes)) {
      lines.add(
          format(
              "%,d of %,d images are smaller than %d pixels and were enlarged.",
              sizes.enlarged(), sizes.images(), sizes.imageSize()));
    }
    if (NextStep.isMany(sizes.shrunk(), sizes)) {
      lines.add(
          format(
              "%,d of %,d images were shrunk to a quarter or less of their sides, to %d pixels.",
              sizes.shrunk(), sizes.images(), sizes.imageSize()));
    }
    return lines;
  }

  private String name(int label) {
    return evidence.classes().get(label);
  }

  static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
