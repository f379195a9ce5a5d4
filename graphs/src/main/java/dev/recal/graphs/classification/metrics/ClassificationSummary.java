package dev.recal.graphs.classification.metrics;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of a pass over images.
 *
 * @param images the number of images
 * @param undecided images whose logits were not all finite; they count as wrong
 * @param loss mean loss per image, NaN without images
 * @param top1 share of images whose prediction is their label, NaN without images
 * @param topK share of images with the label among the first {@code k}, NaN without images
 * @param k the k of {@code topK}, never above the number of classes
 * @param confusion counts by label and prediction, without the undecided images
 */
public record ClassificationSummary(
    long images,
    long undecided,
    double loss,
    double top1,
    double topK,
    int k,
    ConfusionMatrix confusion) {

  /** Returns loss, top-1 and top-k by their names. */
  public SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("loss", loss);
    metrics.put("top1", top1);
    metrics.put("top" + k, topK);
    return metrics;
  }
}
