package dev.recal.ops.registry;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import dev.recal.ops.skip.SkipLayerExcitation;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.LinkedHashMap;
import java.util.Map;

/** The layers of this library by name. */
public final class BuiltInLayers implements LayerProvider {

  @Override
  public Map<String, Class<? extends Layer>> layers() {
    Map<String, Class<? extends Layer>> layers = new LinkedHashMap<>();
    layers.put("squeeze-excitation", SqueezeExcitation.class);
    layers.put("gather-excite", GatherExcite.class);
    layers.put("style-recalibration", StyleRecalibration.class);
    layers.put("efficient-channel-attention", EfficientChannelAttention.class);
    layers.put("convolutional-block-attention", ConvolutionalBlockAttention.class);
    layers.put("attentive-norm", AttentiveNorm.class);
    layers.put("switchable-norm", SwitchableNorm.class);
    layers.put("drconv", DynamicRegionConv.class);
    layers.put("condconv", CondConv.class);
    layers.put("same-layer-slim", SameLayerSlim.class);
    return layers;
  }

  @Override
  public Map<String, Class<? extends SkipLayer>> skipLayers() {
    Map<String, Class<? extends SkipLayer>> layers = new LinkedHashMap<>();
    layers.put("skip-layer-excitation", SkipLayerExcitation.class);
    layers.put("skip-layer-slim", SkipLayerSlim.class);
    return layers;
  }
}
