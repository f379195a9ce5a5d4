package example;

import dev.recal.ops.Layer;
import dev.recal.ops.registry.LayerProvider;
import java.util.Map;

/** The layers of this library by the names that recipes give them. */
public final class ExampleLayers implements LayerProvider {

  @Override
  public Map<String, Class<? extends Layer>> layers() {
    return Map.of("gated-channel-transformation", GatedChannelTransformation.class);
  }
}
