package dev.recal.graphs.synthesis.oneshot.metrics;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import dev.recal.graphs.synthesis.metrics.StandInFeatures;

/**
 * The last map of the embedded stand-in network, for images of any size; see {@link
 * StandInFeatures#positions}. Its distances rank samples of the same training image; they are not
 * SIFID.
 */
public final class StandInMaps implements FeatureMapSource {

  private final StandInFeatures network = new StandInFeatures();
  private final FeatureDescription description =
      new FeatureDescription(
          StandInFeatures.NAME + ", its last map", network.positionDimensions(), "unchanged", true);

  @Override
  public FeatureDescription description() {
    return description;
  }

  @Override
  public FeatureMatrix positions(ImageBatch oneImage) {
    SingleImageFrechet.requireOne("oneImage", oneImage);
    return network.positions(oneImage);
  }

  @Override
  public void close() {
    network.close();
  }
}
