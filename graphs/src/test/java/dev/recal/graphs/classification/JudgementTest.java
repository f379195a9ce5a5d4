package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.classification.Judgement.Verdict;
import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.classification.metrics.ConfusionMatrix;
import dev.recal.graphs.classification.metrics.ShareInterval;
import dev.recal.graphs.logs.LastSteps;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.task.RunProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private static final List<String> NAMES = List.of("bird", "cat", "dog");
  private static final List<Integer> UNBALANCED = List.of(20, 20, 100);
  private static final LastSteps LEARNED = new LastSteps(2000, 0.97, 0.2, 0.199);

  private static Evidence evidence(
      List<Integer> training, boolean balanced, Optional<LastSteps> progress, long... confusion) {
    return new Evidence(
        NAMES,
        training,
        new ConfusionMatrix(3, confusion),
        0,
        new Evidence.Sizes(64, Optional.empty(), 140, 0, 0),
        0,
        new Evidence.Training(30, Optional.empty(), balanced, false, false),
        progress,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void alwaysAnsweringTheMajorityIsCalledThat() {
    Judgement judgement =
        Judgement.of(
            evidence(UNBALANCED, false, Optional.of(LEARNED), 0, 0, 10, 0, 0, 10, 0, 0, 50));
    assertThat(judgement.verdict()).isEqualTo(Verdict.NO_BETTER_THAN_MAJORITY);
    assertThat(judgement.findings())
        .contains(
            "Classes (training + held-out images): bird 20 + 10, cat 20 + 10, dog 100 + 50.",
            "The result is not better than always predicting 'dog': do not use this model.",
            "Never answered: bird, cat (2 of 3 classes).");
    assertThat(judgement.next()).contains("data.sampling=balanced");
    assertThat(judgement.metrics()).containsEntry("neverAnswered", 2);
    assertThat(judgement.metrics().get("balancedAccuracy").doubleValue())
        .isCloseTo(1.0 / 3, within(1e-12));
  }

  @Test
  void withoutCountsOfTrainingTheHeldOutImagesShowTheBalance() {
    assertThat(
            Judgement.of(
                    evidence(List.of(), false, Optional.of(LEARNED), 0, 0, 10, 0, 0, 10, 0, 0, 50))
                .next())
        .contains("data.sampling=balanced");
  }

  @Test
  void theExportedCheckpointIsDescribedWhereItIsAnotherOne() {
    Evidence base = evidence(UNBALANCED, true, Optional.of(LEARNED), 8, 1, 1, 1, 8, 1, 10, 8, 32);
    Evidence.Best best =
        new Evidence.Best(20, new ConfusionMatrix(3, new long[] {0, 0, 10, 0, 1, 9, 0, 0, 48}), 2);
    Evidence other =
        new Evidence(
            NAMES,
            base.trainingImages(),
            base.confusion(),
            0,
            base.sizes(),
            0,
            base.training(),
            base.progress(),
            Optional.empty(),
            Optional.of(best));
    assertThat(Judgement.of(other).findings())
        .contains(
            "The figures above are of the weights at the end. Exported is the best checkpoint, of"
                + " step 20: accuracy 70.0 %, balanced accuracy 36.7 %, never answered: bird (1 of"
                + " 3 classes). These images chose it, so others will have lower accuracies.");
    assertThat(Judgement.of(base).findings().toString()).doesNotContain("Exported");
  }

  @Test
  void balancedTrainingChoosesTheBestCheckpointByTheMeanOverTheClasses() {
    ClassificationSummary majority =
        new ClassificationSummary(
            10, 0, 1, 0.8, 1, 2, new ConfusionMatrix(3, new long[] {0, 0, 1, 0, 0, 1, 0, 0, 8}));
    assertThat(measured(majority, false).score()).hasValue(0.8);
    assertThat(measured(majority, false).reported()).isEmpty();
    Measured balanced = measured(majority, true);
    assertThat(balanced.score().orElseThrow()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(balanced.reported()).containsOnlyKeys("balancedAccuracy");
    assertThat(balanced.metrics()).containsEntry("top1", 0.8);
    ClassificationSummary none =
        new ClassificationSummary(
            0, 0, Double.NaN, Double.NaN, Double.NaN, 2, new ConfusionMatrix(3, new long[9]));
    assertThat(measured(none, true).score()).isEmpty();
    assertThat(measured(none, false).score()).isEmpty();
  }

  private static Measured measured(ClassificationSummary summary, boolean balanced) {
    return new Measured(
        OutputKind.ONE_CLASS,
        summary.images(),
        summary.loss(),
        Optional.of(summary),
        Optional.empty(),
        Map.of(),
        balanced);
  }

  @Test
  void aFewCorrectAnswersMoreAreNotYetBetter() {
    // 52 of 70 against 50 of 70, with a balanced accuracy that chance could reach too.
    Judgement judgement =
        Judgement.of(evidence(UNBALANCED, true, Optional.of(LEARNED), 1, 0, 9, 0, 1, 9, 0, 0, 50));
    assertThat(judgement.verdict()).isNotEqualTo(Verdict.BETTER_THAN_MAJORITY);
  }

  @Test
  void classesThatAreToldApartAreSeenBelowTheMajority() {
    Judgement judgement =
        Judgement.of(evidence(UNBALANCED, true, Optional.of(LEARNED), 8, 1, 1, 1, 8, 1, 10, 8, 32));
    assertThat(judgement.verdict()).isEqualTo(Verdict.BETTER_THAN_CHANCE);
    assertThat(judgement.findings().toString()).contains("tells classes apart");
  }

  @Test
  void answersThatDoNotDependOnTheImageAreNotAboveChance() {
    Judgement judgement =
        Judgement.of(
            evidence(UNBALANCED, true, Optional.of(LEARNED), 3, 4, 3, 3, 3, 4, 17, 17, 16));
    assertThat(judgement.verdict()).isEqualTo(Verdict.NO_BETTER_THAN_MAJORITY);
  }

  @Test
  void aGoodResultIsExported() {
    Judgement judgement =
        Judgement.of(
            evidence(
                List.of(900, 900, 900),
                false,
                Optional.of(LEARNED),
                95,
                3,
                2,
                2,
                97,
                1,
                0,
                0,
                100));
    assertThat(judgement.verdict()).isEqualTo(Verdict.BETTER_THAN_MAJORITY);
    assertThat(judgement.next()).startsWith("export the model");
  }

  @Test
  void tooFewStepsAreNamedBeforeOtherCauses() {
    LastSteps falling = new LastSteps(400, 0.5, 1.0, 0.8);
    Judgement judgement =
        Judgement.of(
            evidence(List.of(50, 50, 50), false, Optional.of(falling), 5, 3, 2, 2, 5, 3, 2, 3, 5));
    assertThat(judgement.findings().toString())
        .contains("The 400 steps were too few: the accuracy on training images was 50.0 %");
    assertThat(judgement.next()).contains("training.epochs=60");
  }

  @Test
  void aLongerTrainingIsNotAdvisedWhereOtherImagesAreAnsweredWell() {
    // As with wrong labels among the training images, which no network should learn.
    LastSteps noisy = new LastSteps(400, 0.68, 1.0, 0.8);
    Judgement judgement =
        Judgement.of(
            evidence(
                List.of(900, 900, 900), false, Optional.of(noisy), 98, 1, 1, 2, 97, 1, 0, 0, 100));
    assertThat(judgement.findings().toString()).doesNotContain("too few");
    assertThat(judgement.next()).startsWith("export the model");
  }

  @Test
  void aLongerTrainingIsNotAdvisedWhereTheNetworkKnowsItsOwnImagesMuchBetter() {
    LastSteps falling = new LastSteps(660, 0.75, 1.0, 0.8);
    Judgement judgement =
        Judgement.of(
            evidence(List.of(50, 50, 50), false, Optional.of(falling), 5, 3, 2, 2, 5, 3, 2, 3, 5));
    assertThat(judgement.findings().toString()).doesNotContain("too few");
    assertThat(judgement.next()).contains("start from trained weights");
  }

  @Test
  void fewImagesNeedTrainedWeightsAndMemorisedOnesDistortion() {
    long[] poor = {5, 3, 2, 2, 5, 3, 2, 3, 5};
    assertThat(
            Judgement.of(evidence(List.of(50, 50, 50), false, Optional.of(LEARNED), poor)).next())
        .contains("start from trained weights");
    assertThat(
            Judgement.of(evidence(List.of(900, 900, 900), false, Optional.of(LEARNED), poor))
                .next())
        .contains("training.mixup=0.2");
  }

  @Test
  void sizesAndSkippedFilesAreFindings() {
    Evidence base =
        evidence(List.of(900, 900, 900), false, Optional.empty(), 9, 0, 1, 0, 10, 0, 0, 0, 10);
    Evidence small =
        new Evidence(
            NAMES,
            base.trainingImages(),
            base.confusion(),
            2,
            new Evidence.Sizes(224, Optional.of(256), 100, 60, 30),
            3,
            base.training(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Judgement judgement = Judgement.of(small);
    assertThat(judgement.findings())
        .contains(
            "60 of 100 images are smaller than 224 pixels and were enlarged.",
            "30 of 100 images were shrunk to a quarter or less of their sides, to 224 pixels.",
            "3 files could not be used and were skipped.",
            "For 2 images the logits were not finite; they count as wrong.");
    assertThat(judgement.next())
        .contains("data.imageSize=112 and data.evaluationAugmentation.resize=128");
  }

  @Test
  void oneClassAloneIsNotJudged() {
    Judgement judgement =
        Judgement.of(evidence(List.of(), false, Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0, 9));
    assertThat(judgement.verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(Judgement.of(evidence(List.of(), false, Optional.empty(), new long[9])).verdict())
        .isEqualTo(Verdict.UNDECIDED);
    assertThat(judgement.json().get("verdict").getAsString()).isEqualTo("undecided");
  }

  @Test
  void aModelWithoutFiniteLogitsIsCalledThat() {
    Evidence base = evidence(UNBALANCED, false, Optional.of(LEARNED), new long[9]);
    Evidence nothing =
        new Evidence(
            base.classes(),
            base.trainingImages(),
            base.confusion(),
            10,
            base.sizes(),
            base.skipped(),
            base.training(),
            base.progress(),
            Optional.empty(),
            base.best());
    Judgement judgement = Judgement.of(nothing);
    assertThat(judgement.findings().get(0))
        .isEqualTo("The logits of all 10 images were not finite: do not use this model.");
    assertThat(judgement.findings().toString()).doesNotContain("are of the class", "NaN");
    assertThat(judgement.next()).contains("training.learningRate.base");
  }

  @Test
  void anUnfinishedTrainingIsResumedBeforeAnythingElse() {
    LastSteps early = new LastSteps(12, 0.3, 2, 1);
    Evidence base = evidence(UNBALANCED, false, Optional.of(early), 0, 0, 10, 0, 0, 10, 0, 0, 50);
    assertThat(Judgement.of(base).findings().toString()).contains("The 12 steps were too few");
    Evidence unfinished =
        new Evidence(
            base.classes(),
            base.trainingImages(),
            base.confusion(),
            0,
            base.sizes(),
            base.skipped(),
            base.training(),
            base.progress(),
            Optional.of(new RunProgress(12, 264)),
            base.best());
    Judgement judgement = Judgement.of(unfinished);
    assertThat(judgement.findings().toString()).doesNotContain("too few");
    assertThat(judgement.next()).isEqualTo("resume the training, which is at step 12 of 264.");
  }

  @Test
  void theIntervalIsWilsons() {
    // Wilson's interval of 8 of 10: 0.4901625 to 0.9433178.
    ShareInterval interval = ShareInterval.of(8, 10);
    assertThat(interval.low()).isCloseTo(0.4901625, within(1e-6));
    assertThat(interval.high()).isCloseTo(0.9433178, within(1e-6));
    assertThat(ShareInterval.of(0, 10).low()).isZero();
    assertThat(ShareInterval.of(10, 10).high()).isOne();
  }
}
