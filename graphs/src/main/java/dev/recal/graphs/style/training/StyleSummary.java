package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.Review;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The weighted losses of held-out images, each a mean over images. The score is the negative sum.
 *
 * @param images how many were measured
 * @param content content loss
 * @param style style loss
 * @param totalVariation total variation
 */
record StyleSummary(long images, double content, double style, double totalVariation)
    implements Review {

  static final String CONTENT = "content_loss";
  static final String STYLE = "style_loss";

  double loss() {
    return content + style + totalVariation;
  }

  @Override
  public OptionalDouble score() {
    return OptionalDouble.of(-loss());
  }

  @Override
  public SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put(CONTENT, content);
    metrics.put(STYLE, style);
    metrics.put("total_loss", loss());
    return metrics;
  }

  /** Returns both losses as text. */
  String text() {
    return String.format(Locale.ROOT, "content loss %.4g, style loss %.4g", content, style);
  }

  /** Returns the final report of a training: images that were unusable, then the losses. */
  List<String> report(RecipeData data, LossNetwork network) {
    List<String> lines = new ArrayList<>(data.unreadableText());
    lines.add(
        String.format(
            Locale.ROOT, "%,d held-out images: %s (%s)", images, text(), network.description()));
    return lines;
  }
}
