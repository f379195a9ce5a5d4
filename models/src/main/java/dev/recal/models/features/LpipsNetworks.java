package dev.recal.models.features;

import dev.recal.graphs.synthesis.loss.FeatureNetwork;
import dev.recal.graphs.synthesis.loss.FeatureNetworks;
import java.io.IOException;
import java.nio.file.Path;

/** Reads feature networks for LPIPS from SavedModels; found by {@code ServiceLoader}. */
public final class LpipsNetworks implements FeatureNetworks {

  @Override
  public FeatureNetwork open(Path model) throws IOException {
    return LpipsModel.open(model);
  }
}
