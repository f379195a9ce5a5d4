package dev.recal.graphs.metrics;

/**
 * The metrics of an evaluation.
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
    ConfusionMatrix confusion) {}
