package dev.recal.graphs.style.training;

import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs of one style with different networks, side by side: losses of the same held-out images at
 * the last checkpoint of each, in inference phase, and pictures.
 */
public final class StyleComparison {

  private final List<Row> rows = new ArrayList<>();
  private final List<StyleEvaluation.Measured> measured = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private int size;

  /**
   * One of the runs.
   *
   * @param title of the network
   * @param parameters of the network
   * @param steps trained
   * @param images measured
   * @param content their content loss
   * @param style their style loss
   */
  public record Row(
      String title, long parameters, long steps, long images, double content, double style) {}

  private StyleComparison() {}

  /**
   * Measures runs.
   *
   * @param runs by title, at least one, with the same data and losses
   * @throws IOException if files cannot be read
   */
  public static StyleComparison of(Map<String, RunDirectory<StyleRecipe>> runs) throws IOException {
    StyleComparison comparison = new StyleComparison();
    for (Map.Entry<String, RunDirectory<StyleRecipe>> run : runs.entrySet()) {
      comparison.add(run.getKey(), run.getValue());
    }
    return comparison;
  }

  private void add(String title, RunDirectory<StyleRecipe> run) throws IOException {
    // The newest comes first.
    List<Path> all = run.checkpoints().all();
    Path last = all.get(0);
    StyleEvaluation.Measured found =
        StyleEvaluation.measure(run.recipe(), last, Optional.empty(), false);
    size = run.recipe().data().size();
    measured.add(found);
    StyleJudgement.of(run.recipe(), run.directory(), found.summary())
        .text()
        .forEach(sentence -> remarks.add(title + ": " + sentence));
    rows.add(
        new Row(
            title,
            found.parameters(),
            CheckpointDirectory.describe(last).step(),
            found.summary().images(),
            found.summary().content(),
            found.summary().style()));
  }

  /** Returns the runs in their order. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Returns what is known to be wrong with the runs, in sentences that begin with a title. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** Returns what the losses compare. */
  public String lossNetwork() {
    return measured.get(0).lossNetwork();
  }

  /** Draws the style, the first held-out images, and a line of results for each run. */
  public BufferedImage picture() {
    List<List<StyleEvaluator.Sample>> lines =
        measured.stream().map(StyleEvaluation.Measured::samples).toList();
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      captions.add(
          String.format(
              Locale.ROOT,
              "Row %d: %s, %,d parameters, %,d steps: %s",
              i + 2,
              row.title(),
              row.parameters(),
              row.steps(),
              measured.get(i).summary().text()));
    }
    captions.add("Loss network: " + lossNetwork());
    return StyleSheet.drawAll(measured.get(0).style(), lines, size, captions);
  }
}
