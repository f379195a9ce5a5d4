package dev.recal.graphs.classification;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.classification.metrics.ConfusionMatrix;
import dev.recal.graphs.classification.metrics.ShareInterval;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.json.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What the accuracy of a classifier on held-out images is worth, and what to try next.
 *
 * <p>Two comparisons decide. The accuracy is better than always answering the most frequent class
 * of the held-out images if the lower end of its 95 % interval ({@link ShareInterval}) is above
 * that class's share. The balanced accuracy, the mean over the classes, is better than chance if it
 * is above what answers that do not depend on the image would reach: with the shares q of the
 * answers and n images of each of C classes its mean is Σq/C and its variance Σq(1 − q)/n/C², and
 * it must exceed the mean by 1.645 standard deviations, which chance does in 5 % of all cases.
 *
 * @param verdict of the two comparisons
 * @param metrics by name
 * @param findings sentences, the most important first
 * @param next a sentence with the next thing to try
 */
public record Judgement(
    Verdict verdict, Map<String, Number> metrics, List<String> findings, String next) {

  /** What a result is worth. */
  public enum Verdict {
    /** There is only one class to evaluate, or no image. */
    UNDECIDED,
    /** Neither accuracy is better than without looking at the images. */
    NO_BETTER_THAN_MAJORITY,
    /** The balanced accuracy is better than chance, the accuracy not better than the majority. */
    BETTER_THAN_CHANCE,
    /** The accuracy is better than always answering the most frequent class. */
    BETTER_THAN_MAJORITY
  }

  /** Copies the lists. */
  public Judgement {
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(next, "next");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    findings = List.copyOf(findings);
  }

  /** Judges a result. */
  static Judgement of(Evidence evidence) {
    Result result = Result.of(evidence);
    List<String> findings = new ArrayList<>();
    JudgementText text = new JudgementText(evidence, result);
    findings.addAll(text.summary());
    findings.addAll(text.remarks());
    return new Judgement(
        result.verdict(), result.metrics(), findings, new NextStep(evidence, result).sentence());
  }

  /** Returns the lines for people. */
  public List<String> text() {
    List<String> lines = new ArrayList<>(findings);
    lines.add("Next: " + next);
    return lines;
  }

  /** Returns it as JSON; a number that is not finite is null. */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("verdict", Names.ofConstant(verdict));
    JsonObject numbers = new JsonObject();
    metrics.forEach(
        (name, value) ->
            numbers.addProperty(name, Double.isFinite(value.doubleValue()) ? value : null));
    json.add("metrics", numbers);
    JsonArray sentences = new JsonArray();
    findings.forEach(sentences::add);
    json.add("findings", sentences);
    json.addProperty("next", next);
    return json;
  }

  /**
   * Writes it as JSON.
   *
   * @throws IOException if the file cannot be written
   */
  void write(Path file) throws IOException {
    String text =
        new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .serializeNulls()
                .create()
                .toJson(json())
            + "\n";
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The numbers behind a judgement.
   *
   * @param images held-out images
   * @param correct those that were answered correctly
   * @param majority the most frequent class of the held-out images
   * @param majorityShare its share
   * @param chance the accuracy of answers that are drawn uniformly
   * @param balanced the mean of the classes' accuracies
   * @param never classes with held-out images that were never answered
   */
  record Result(
      Verdict verdict,
      long images,
      long correct,
      int majority,
      double majorityShare,
      double chance,
      double balanced,
      List<Integer> never) {

    /** The 95 % quantile of the normal distribution. */
    private static final double QUANTILE = 1.6448536269514722;

    static Result of(Evidence evidence) {
      ConfusionMatrix confusion = evidence.confusion();
      long images = confusion.total() + evidence.undecided();
      int majority = 0;
      int present = 0;
      for (int label = 0; label < confusion.classes(); label++) {
        long count = confusion.ofLabel(label);
        majority = count > confusion.ofLabel(majority) ? label : majority;
        present += count > 0 ? 1 : 0;
      }
      double share = images == 0 ? Double.NaN : confusion.ofLabel(majority) / (double) images;
      Result open =
          new Result(
              Verdict.UNDECIDED,
              images,
              confusion.correct(),
              majority,
              share,
              1.0 / confusion.classes(),
              confusion.balancedAccuracy(),
              never(confusion));
      return present < 2 ? open : open.with(open.compared(confusion));
    }

    /** Classes that have images, and are not the answer to any. */
    static List<Integer> never(ConfusionMatrix confusion) {
      return IntStream.range(0, confusion.classes())
          .filter(label -> confusion.ofLabel(label) > 0 && confusion.ofPrediction(label) == 0)
          .boxed()
          .toList();
    }

    private Result with(Verdict other) {
      return new Result(other, images, correct, majority, majorityShare, chance, balanced, never);
    }

    private Verdict compared(ConfusionMatrix confusion) {
      if (interval().low() > majorityShare) {
        return Verdict.BETTER_THAN_MAJORITY;
      }
      return isAboveChance(confusion)
          ? Verdict.BETTER_THAN_CHANCE
          : Verdict.NO_BETTER_THAN_MAJORITY;
    }

    private boolean isAboveChance(ConfusionMatrix confusion) {
      double answered = confusion.total();
      double mean = 0;
      double variance = 0;
      int present = 0;
      for (int label = 0; label < confusion.classes(); label++) {
        long count = confusion.ofLabel(label);
        if (count > 0) {
          double share = confusion.ofPrediction(label) / answered;
          mean += share;
          variance += share * (1 - share) / count;
          present++;
        }
      }
      return balanced > mean / present + QUANTILE * Math.sqrt(variance) / present + 1e-12;
    }

    ShareInterval interval() {
      return ShareInterval.of(correct, images);
    }

    double accuracy() {
      return correct / (double) images;
    }

    Map<String, Number> metrics() {
      Map<String, Number> metrics = new LinkedHashMap<>();
      metrics.put("images", images);
      metrics.put("accuracy", images == 0 ? Double.NaN : accuracy());
      if (images > 0) {
        metrics.put("accuracyLow", interval().low());
        metrics.put("accuracyHigh", interval().high());
      }
      metrics.put("majorityShare", majorityShare);
      metrics.put("chance", chance);
      metrics.put("balancedAccuracy", balanced);
      metrics.put("neverAnswered", never.size());
      return metrics;
    }
  }
}
