package dev.recal.models.features;

import dev.recal.graphs.synthesis.metrics.BatchResize;
import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.graphs.synthesis.oneshot.metrics.FeatureMapSource;
import dev.recal.graphs.synthesis.oneshot.metrics.SingleImageFrechet;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A feature map (N, H, W, C) of a user's SavedModel, for {@link SingleImageFrechet}. A model that
 * takes images of any size gets them unchanged, as in SinGAN's code, unless the settings give a
 * size; otherwise they are resized.
 */
public final class SavedModelFeatureMaps implements FeatureMapSource {

  // Large enough for the first blocks of any usual network.
  private static final int TRIAL_SIZE = 128;

  private final FeatureModel model;
  private final Optional<BatchResize> resize;
  private final FeatureDescription description;

  private SavedModelFeatureMaps(FeatureModel model, FeatureOutput settings) {
    this.model = model;
    boolean unchanged = model.takesAnySize() && settings.imageSize().isEmpty();
    this.resize = unchanged ? Optional.empty() : Optional.of(model.resize());
    try {
      String resizing =
          unchanged ? "unchanged, pixels in " + settings.pixelRange() : model.resizing();
      this.description = describe(resizing);
    } catch (RuntimeException refused) {
      resize.ifPresent(BatchResize::close);
      throw refused;
    }
  }

  /**
   * Opens a model and runs it once.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has no such output, or the output is not a map
   */
  public static SavedModelFeatureMaps open(FeatureOutput settings) throws IOException {
    FeatureModel model = FeatureModel.open(settings);
    try {
      return new SavedModelFeatureMaps(model, settings);
    } catch (RuntimeException refused) {
      model.close();
      throw refused;
    }
  }

  private FeatureDescription describe(String resizing) {
    TensorValue answer = call(FeatureModel.blackImage(TRIAL_SIZE, TRIAL_SIZE));
    int channels = Math.toIntExact(answer.shape().get(3));
    return new FeatureDescription(model.name(), channels, resizing, false);
  }

  private TensorValue call(ImageBatch image) {
    TensorValue answer = model.call(resize.map(r -> r.resize(image)).orElse(image));
    if (answer.shape().numDimensions() != 4) {
      Map<?, ?> maps = model.maps();
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "output: '%s' gives %s for one image; expected a map (1, H, W, C)%s.",
              model.output(),
              answer,
              maps.isEmpty()
                  ? ", but the model has no output that is one"
                  : "; the outputs that are maps, by signature: " + maps));
    }
    return answer;
  }

  @Override
  public FeatureDescription description() {
    return description;
  }

  @Override
  public FeatureMatrix positions(ImageBatch oneImage) {
    SingleImageFrechet.requireOne("oneImage", oneImage);
    double[] values = model.values(call(oneImage));
    int channels = description.dimensions();
    return new FeatureMatrix(values.length / channels, channels, values);
  }

  @Override
  public void close() {
    resize.ifPresent(BatchResize::close);
    model.close();
  }
}
