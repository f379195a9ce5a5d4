package dev.recal.models.features;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.features.LossNetworks;
import java.io.IOException;
import java.nio.file.Path;

/** Reads loss networks from SavedModels; found by {@code ServiceLoader}. */
public final class NamedMapsReader implements LossNetworks {

  @Override
  public LossNetwork open(Path model) throws IOException {
    return NamedMaps.open(model);
  }
}
