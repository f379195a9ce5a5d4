package dev.recal.models.features;

import dev.recal.graphs.synthesis.metrics.BatchResize;
import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.FeatureSource;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.util.Locale;

/** The features of a user's SavedModel. Outputs that are maps are averaged over their positions. */
public final class SavedModelFeatures implements FeatureSource {

  private final FeatureModel model;
  private final BatchResize resize;
  private final FeatureDescription description;

  private SavedModelFeatures(FeatureModel model) {
    this.model = model;
    this.resize = model.resize();
    try {
      this.description = describe();
    } catch (RuntimeException refused) {
      resize.close();
      throw refused;
    }
  }

  /**
   * Opens a model and runs it once.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has no such output, or none of features
   */
  public static SavedModelFeatures open(FeatureOutput settings) throws IOException {
    FeatureModel model = FeatureModel.open(settings);
    try {
      return new SavedModelFeatures(model);
    } catch (RuntimeException refused) {
      model.close();
      throw refused;
    }
  }

  // Only a call shows the number of features, and that the model works.
  private FeatureDescription describe() {
    TensorValue answer = model.call(FeatureModel.blackImage(model.side(1), model.side(2)));
    int rank = answer.shape().numDimensions();
    if (rank != 2 && rank != 4) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "output: '%s' gives %s for one image; expected features (1, D) or a map (1, H, W,"
                  + " D).",
              model.output(),
              answer));
    }
    String pooled = rank == 4 ? ", averaged over its positions" : "";
    return new FeatureDescription(
        model.name() + pooled,
        Math.toIntExact(answer.shape().get(rank - 1)),
        model.resizing(),
        false);
  }

  @Override
  public FeatureDescription description() {
    return description;
  }

  @Override
  public FeatureMatrix features(ImageBatch images) {
    double[] values = model.values(model.call(resize.resize(images)));
    int dimensions = description.dimensions();
    int places = values.length / images.count() / dimensions;
    double[] features = new double[images.count() * dimensions];
    for (int i = 0; i < values.length; i++) {
      features[i / (places * dimensions) * dimensions + i % dimensions] += values[i] / places;
    }
    return new FeatureMatrix(images.count(), dimensions, features);
  }

  @Override
  public void close() {
    resize.close();
    model.close();
  }
}
