package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.json.Flattened;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNetV2: inverted residuals with linear bottlenecks.
 *
 * <p>Sandler, Howard, Zhu, Zhmoginov, Chen 2018 (arXiv 1801.04381), as in torchvision: 3×3 with
 * stride 2, blocks of 1×1, depthwise 3×3 and linear 1×1 with ReLU6 between, 1×1 to 1,280 channels.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/block0/conv1}, {@code bn1} (1×1, not where the expansion is 1), {@code conv2},
 * {@code bn2} (depthwise), {@code conv3}, {@code bn3}, {@code recalibration}, {@code guide} (where
 * 1×1 convolutions are dynamic by region); {@code last/conv}, {@code last/bn}; {@code head/dense}.
 * Convolutions have no bias and start He-normal by fan-out; the head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last, {@code last}.
 *
 * @param stages of inverted residuals
 * @param channels of the stem
 * @param lastChannels of the last 1×1; a width multiplier below 1 does not change it
 * @param pointwise in place of the blocks' 1×1 convolutions; empty for the convolutions
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 * @param settings the shared ones: {@code width} scales every count of channels to a multiple of 8;
 *     {@code spatial} replaces each depthwise 3×3; the stem is 3×3 with stride 2 or deep, and with
 *     {@code CIFAR} the first stage that would halve the map does not either; {@code attentive}
 *     knows {@code BN1} to {@code BN3} and {@code STEM}, published at {@code BN2}, the depthwise
 *     convolutions; the recalibration is after the linear 1×1 and its norm ({@code BRANCH_END}),
 *     after the depthwise 3×3, its norm and activation ({@code SPATIAL}), or after the addition
 */
public record MobileNetV2(
    List<InvertedStage> stages,
    int channels,
    int lastChannels,
    Optional<SpatialLayer> pointwise,
    boolean zeroInitialised,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<MobileNetV2> {

  private static final int STEM_KERNEL = 3;

  /** Rejects invalid settings. */
  public MobileNetV2 {
    NetworkChecks.requirePresent("pointwise", pointwise, "settings", settings);
    stages = List.copyOf(stages);
    NetworkChecks.requirePositive("stages", stages.size());
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.SHORTCUT));
    settings.requireAttentive("MobileNetV2", places, stages.size());
  }

  /** For ImageNet, width 1: 1,000 classes, batch norm, a fifth of the head's inputs dropped. */
  public static MobileNetV2 defaults() {
    List<InvertedStage> stages =
        List.of(
            new InvertedStage(1, 16, 1, 1),
            new InvertedStage(6, 24, 2, 2),
            new InvertedStage(6, 32, 3, 2),
            new InvertedStage(6, 64, 4, 2),
            new InvertedStage(6, 96, 3, 1),
            new InvertedStage(6, 160, 3, 2),
            new InvertedStage(6, 320, 1, 1));
    NetworkSettings settings = NetworkSettings.defaults().with().dropout(0.2f).build();
    return new MobileNetV2(stages, 32, 1280, Optional.empty(), false, settings);
  }

  /** Returns attentive norms at the published place, with K = 5, 5, 5, 5, 10, 10, 10. */
  public static AttentivePlaces publishedAttention() {
    return AttentivePlaces.at(NormPlace.BN2).components(List.of(5, 5, 5, 5, 10, 10, 10));
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1801.04381");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return parts().output(context, stages(context, images));
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> named = new LinkedHashMap<>();
    Stage stem = parts.stem(context, images, STEM_KERNEL, settings.scaledByTenths(channels), false);
    named.put("stem", stem);
    Stage x =
        new InvertedResiduals(stages, parts, pointwise, zeroInitialised)
            .build(context, stem, named);
    int last = NetworkSettings.scaledByTenths(lastChannels, Math.max(1, settings.width()));
    NormUnit unit = parts.unit(context.at("last"), "", Conv2d.of(last, 1), settings.norm());
    Operand<TFloat32> y = unit.activated(x.map());
    named.put("last", new Stage(y, x.stride(), last));
    return named;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU6);
  }

  /** Changes single settings of a MobileNetV2. */
  public static final class Builder extends SettingsBuilder<MobileNetV2, Builder> {

    private List<InvertedStage> stages;
    private int channels;
    private int lastChannels;
    private Optional<SpatialLayer> pointwise;
    private boolean zeroInitialised;

    private Builder(MobileNetV2 start) {
      super(start.settings());
      stages = start.stages();
      channels = start.channels();
      lastChannels = start.lastChannels();
      pointwise = start.pointwise();
      zeroInitialised = start.zeroInitialised();
    }

    /** Sets the stages of inverted residuals. */
    public Builder stages(List<InvertedStage> list) {
      stages = list;
      return this;
    }

    /** Sets the channels of the stem and of the last 1×1, before scaling by the width. */
    public Builder channels(int ofStem, int last) {
      channels = ofStem;
      lastChannels = last;
      return this;
    }

    /** Sets the layer that replaces the blocks' 1×1 convolutions. */
    public Builder pointwise(SpatialLayer layer) {
      pointwise = Optional.of(layer);
      return this;
    }

    /** Sets whether the last norm of each branch that is added starts with γ = 0. */
    public Builder zeroInitialised(boolean zero) {
      zeroInitialised = zero;
      return this;
    }

    @Override
    public MobileNetV2 build() {
      return new MobileNetV2(
          stages, channels, lastChannels, pointwise, zeroInitialised, settings());
    }
  }

  /**
   * The names of MobileNetV2: {@code mobilenetv2} for ImageNet, 224×224, and {@code
   * mobilenetv2-cifar} for 32×32, 10 classes; also with {@code an-}, {@code se-}, {@code srm-} and
   * {@code drconv-experts-}, which replaces the 1×1 convolutions.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "mobilenetv2";
    }

    @Override
    public Class<MobileNetV2> network() {
      return MobileNetV2.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      MobileNetV2 net = defaults();
      return presets("mobilenetv2", net, 224)
          .and(presets("mobilenetv2-cifar", net.with().cifar().build(), 32))
          .list();
    }

    private static PresetList presets(String name, MobileNetV2 net, int imageSize) {
      return new PresetList(imageSize)
          .add(name, net)
          .add("an-" + name, net.with().attentive(publishedAttention()).build())
          .gated(name, net)
          .add(
              "drconv-experts-" + name,
              net.with().pointwise(DynamicRegionConv.pointwise(0)).build());
    }

    @Override
    public List<PublishedAccuracy> published() {
      return List.of(
          PublishedAccuracy.imagenet("mobilenetv2", 71.31, "1908.01259"),
          PublishedAccuracy.imagenet("an-mobilenetv2", 73.33, "1908.01259"));
    }
  }
}
