package dev.recal.tools.bench;

import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.synthesis.training.SynthesisBench;
import dev.recal.graphs.synthesis.training.SynthesisBench.Part;
import dev.recal.graphs.synthesis.training.SynthesisData;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.synthesis.training.SynthesisSettings;
import dev.recal.graphs.training.Precision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The time of a step of few-shot synthesis, in full and in parts.
 *
 * @param subject the networks
 * @param seconds of each part, medians of the repeats
 */
public record SynthesisResult(Subject subject, Map<Part, Double> seconds) {

  /**
   * Networks to measure.
   *
   * @param skip the generator's skips
   * @param precision of the step
   */
  public record Subject(SkipKind skip, Precision precision) {}

  /** Returns the discriminator's forward and backward passes, including decoders and distance. */
  public double discriminator() {
    return seconds.get(Part.DISCRIMINATOR_GRADIENTS) - seconds.get(Part.GENERATOR_FORWARD);
  }

  /** Returns the discriminator's optimiser, and storing of its statistics. */
  public double discriminatorOptimiser() {
    return seconds.get(Part.DISCRIMINATOR_STEP) - seconds.get(Part.DISCRIMINATOR_GRADIENTS);
  }

  /**
   * Returns the generator's step: the discriminator's pass over the generated images, the
   * generator's backward pass, its optimiser and averages.
   */
  public double generatorStep() {
    return seconds.get(Part.STEP) - seconds.get(Part.DISCRIMINATOR_STEP);
  }

  /**
   * Measures, in alternation.
   *
   * @param size rows and columns of an image
   * @param width of both networks
   * @param batch images in a step
   * @param warmUp the number of warm-up repeats @param repeats the number of measured repeats
   * @param progress receives the progress
   */
  public static List<SynthesisResult> measure(
      List<Subject> subjects,
      int size,
      int width,
      int batch,
      int warmUp,
      int repeats,
      Consumer<String> progress) {
    Map<Subject, SynthesisBench> benches = new LinkedHashMap<>();
    Map<Subject, Map<Part, List<Double>>> times = new LinkedHashMap<>();
    try {
      for (Subject subject : subjects) {
        progress.accept("building " + subject.skip() + " in " + subject.precision());
        benches.put(subject, bench(subject, size, width, batch));
        times.put(subject, new EnumMap<>(Part.class));
      }
      for (int turn = 1; turn <= warmUp + repeats; turn++) {
        progress.accept("repeat " + turn + " of " + (warmUp + repeats));
        for (Subject subject : subjects) {
          for (Part part : Part.values()) {
            double seconds = benches.get(subject).run(part);
            if (turn > warmUp) {
              times.get(subject).computeIfAbsent(part, p -> new ArrayList<>()).add(seconds);
            }
          }
        }
      }
    } finally {
      benches.values().forEach(SynthesisBench::close);
    }
    List<SynthesisResult> results = new ArrayList<>();
    times.forEach(
        (subject, parts) -> {
          Map<Part, Double> medians = new EnumMap<>(Part.class);
          parts.forEach((part, all) -> medians.put(part, Medians.of(all)));
          results.add(new SynthesisResult(subject, medians));
        });
    return results;
  }

  private static SynthesisBench bench(Subject subject, int size, int width, int batch) {
    SynthesisRecipe recipe =
        new SynthesisRecipe(
            "bench",
            FastGan.of(size, subject.skip()).width(width),
            SynthesisData.defaults(),
            SynthesisSettings.defaults().with(batch, subject.precision()));
    return new SynthesisBench(recipe, RandomFeatures.defaults());
  }
}
