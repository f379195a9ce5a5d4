package dev.recal.graphs.style.training;

import dev.recal.graphs.logs.LastSteps;
import dev.recal.ops.norm.BatchNorm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a style network can be used: its loss of held-out images, with stored statistics, beside
 * its loss in training, with those of the batch.
 *
 * @param batch images that a training step normalises together; 1 if each image by itself
 * @param heldOut total loss of held-out images
 * @param last the end of training; empty if it was too short
 */
record StyleJudgement(int batch, double heldOut, Optional<LastSteps> last) {

  // With batch norm and a batch of 4 the losses differ by a factor of up to 2.
  private static final double APART = 3;

  /** Judges a run by its recipe and the metrics in its directory. */
  static StyleJudgement of(StyleRecipe recipe, Path directory, StyleSummary heldOut) {
    boolean together = recipe.network().norm() instanceof BatchNorm;
    return new StyleJudgement(
        together ? recipe.training().microBatch() : 1, heldOut.loss(), LastSteps.ofRun(directory));
  }

  /** Returns sentences about what is wrong; none if nothing is known to be. */
  List<String> text() {
    if (!Double.isFinite(heldOut)) {
      return List.of("The loss of held-out images is not finite: do not use this network.");
    }
    List<String> lines = new ArrayList<>();
    last.ifPresent(
        end -> {
          double ratio = heldOut / end.last();
          if (ratio > APART) {
            lines.add(
                String.format(
                    Locale.ROOT,
                    "The loss of held-out images is %.1f times the loss of the last training steps,"
                        + " so results look worse than in training%s",
                    ratio,
                    reason()));
          }
          if (end.isFalling()) {
            lines.add("The loss was still falling: train longer.");
          }
        });
    return lines;
  }

  private String reason() {
    return batch == 1
        ? ". More content images help."
        : String.format(
            Locale.ROOT,
            ": the statistics of batches of %,d do not describe single images. Larger batches"
                + " help, and instance norm stores no statistics.",
            batch);
  }
}
