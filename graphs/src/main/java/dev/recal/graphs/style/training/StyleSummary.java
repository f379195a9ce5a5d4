package dev.recal.graphs.style.training;

import dev.recal.graphs.training.Review;
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
}
