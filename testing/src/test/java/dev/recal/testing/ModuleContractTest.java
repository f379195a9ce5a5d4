package dev.recal.testing;

import dev.recal.ops.registry.BuiltInLayers;
import dev.recal.ops.registry.LayerProvider;
import java.util.List;

/** This library's own modules. */
class ModuleContractTest extends ModuleContract {

  @Override
  protected LayerProvider provider() {
    return new BuiltInLayers();
  }

  @Override
  protected List<ModuleSample> samples() {
    return BuiltInSamples.ALL;
  }
}
