package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.json.Flattened;
import dev.recal.ops.norm.Norm;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNetV1: blocks of a depthwise 3×3 and a 1×1 convolution.
 *
 * <p>Howard et al. 2017, "MobileNets" (arXiv 1704.04861); official code: github tensorflow/models,
 * research/slim, whose ReLU6 and whose paddings of PyTorch's ports (a pixel on every side) this
 * has, where the paper says ReLU.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/block0/conv1}, {@code bn1} (depthwise), {@code conv2}, {@code bn2} (1×1), {@code
 * recalibration}; {@code head/dense}. Convolutions have no bias and start He-normal by fan-out; the
 * head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last.
 *
 * @param repeats blocks of each stage; each stage after the first halves the map, and each has
 *     twice the channels of its input
 * @param channels of the stem
 * @param pointwise in place of each 1×1 convolution; empty for the convolution
 * @param settings the shared ones: {@code width} scales every count of channels to a multiple of 8;
 *     {@code spatial} replaces each depthwise 3×3; the stem is 3×3 with stride 2 or deep, and with
 *     {@code CIFAR} the second stage does not halve the map either; {@code attentive} knows {@code
 *     BN1} (depthwise), {@code BN2} and {@code STEM}; the recalibration is after the depthwise 3×3,
 *     its norm and activation ({@code SPATIAL}), after the 1×1 and its norm ({@code BRANCH_END}),
 *     or after the last activation ({@code AFTER_ADDITION})
 */
public record MobileNetV1(
    List<Integer> repeats,
    int channels,
    Optional<SpatialLayer> pointwise,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<MobileNetV1> {

  private static final int STEM_KERNEL = 3;

  /** Rejects invalid settings. */
  public MobileNetV1 {
    NetworkChecks.requirePresent("pointwise", pointwise, "settings", settings);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.of(NormPlace.STEM, NormPlace.BN1, NormPlace.BN2);
    settings.requireAttentive("MobileNetV1", places, repeats.size());
  }

  /** For ImageNet, width 1: 1,000 classes, batch norm, no recalibration. */
  public static MobileNetV1 defaults() {
    return new MobileNetV1(
        List.of(1, 2, 2, 6, 2), 32, Optional.empty(), NetworkSettings.defaults());
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1704.04861");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return parts().output(context, stages(context, images));
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> stages = new LinkedHashMap<>();
    Stage x = parts.stem(context, images, STEM_KERNEL, settings.scaled(channels), false);
    stages.put("stem", x);
    for (int i = 0; i < repeats.size(); i++) {
      x = stage(parts, context.at("stage" + (i + 1)), x, i);
      stages.put("stage" + (i + 1), x);
    }
    return stages;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU6);
  }

  private Stage stage(NetworkParts parts, BuildContext scope, Stage input, int stage) {
    int stride = stage == 0 || (settings.stem() == Stem.CIFAR && stage == 1) ? 1 : 2;
    int count = settings.scaled(channels << (stage + 1));
    Operand<TFloat32> x = input.map();
    for (int i = 0; i < repeats.get(stage); i++) {
      x = block(parts, scope.at("block" + i), x, stage, count, i == 0 ? stride : 1);
    }
    return new Stage(x, stride * input.stride(), count);
  }

  private Operand<TFloat32> block(
      NetworkParts parts,
      BuildContext block,
      Operand<TFloat32> x,
      int stage,
      int count,
      int stride) {
    Layer depthwise = parts.depthwise(Shapes.channels(x), stride);
    Norm first = settings.norm(NormPlace.BN1, stage);
    Operand<TFloat32> filtered = parts.unit(block, "1", depthwise, first).activated(x);
    Operand<TFloat32> gated = parts.recalibrated(block, RecalibrationPlace.SPATIAL, filtered);
    // A block's only dynamic convolution has its own guide.
    Layer point = pointwise.map(layer -> layer.sized(count, 1)).orElse(Conv2d.of(count, 1));
    Norm second = settings.norm(NormPlace.BN2, stage);
    Operand<TFloat32> y =
        parts.unit(block, "2", point, second).gated(RecalibrationPlace.BRANCH_END).activated(gated);
    return parts.recalibrated(block, RecalibrationPlace.AFTER_ADDITION, y);
  }

  /** Changes single settings of a MobileNetV1. */
  public static final class Builder extends SettingsBuilder<MobileNetV1, Builder> {

    private List<Integer> repeats;
    private int channels;
    private Optional<SpatialLayer> pointwise;

    private Builder(MobileNetV1 start) {
      super(start.settings());
      repeats = start.repeats();
      channels = start.channels();
      pointwise = start.pointwise();
    }

    /** Sets how many blocks each stage has. */
    public Builder repeats(List<Integer> counts) {
      repeats = counts;
      return this;
    }

    /** Sets the channels of the stem, before scaling by the width. */
    public Builder channels(int count) {
      channels = count;
      return this;
    }

    /** Sets the layer that replaces each 1×1 convolution. */
    public Builder pointwise(SpatialLayer layer) {
      pointwise = Optional.of(layer);
      return this;
    }

    @Override
    public MobileNetV1 build() {
      return new MobileNetV1(repeats, channels, pointwise, settings());
    }
  }

  /**
   * The names of MobileNetV1 for ImageNet, 224×224: {@code mobilenetv1}, also with {@code se-},
   * {@code srm-} and {@code drconv-experts-}, which replaces the 1×1 convolutions.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "mobilenetv1";
    }

    @Override
    public Class<MobileNetV1> network() {
      return MobileNetV1.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      MobileNetV1 net = defaults();
      return new PresetList(224)
          .add("mobilenetv1", net)
          .gated("mobilenetv1", net)
          .add(
              "drconv-experts-mobilenetv1",
              net.with().pointwise(DynamicRegionConv.pointwise(0)).build())
          .list();
    }
  }
}
