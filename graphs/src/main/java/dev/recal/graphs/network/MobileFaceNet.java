package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.ParametricRelu;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.initializer.VarianceScaling;
import dev.recal.ops.json.Flattened;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.regularization.Dropout;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * MobileFaceNet: inverted residuals whose last map is reduced to an embedding by a depthwise
 * convolution of the map's size, with an {@link ArcFace} head.
 *
 * <p>Chen, Liu, Gao, Han 2018 (arXiv 1804.07573): 3×3 with stride 2, depthwise 3×3, five stages,
 * 1×1 to 512 channels, linear depthwise 7×7 (at 112×112), linear 1×1 to 128 values, PReLU
 * throughout.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn}, {@code stem/activation} (a deep stem has {@code
 * conv1} to {@code activation3}), {@code stem/depthwise/conv}, …; blocks as in {@link MobileNetV2},
 * with {@code activation1} and {@code activation2}; {@code last/conv}, {@code last/bn}, {@code
 * last/activation}; {@code pool/conv}, {@code pool/bn}; {@code embedding/conv}, {@code
 * embedding/bn}; {@code head/kernel}. Convolutions have no bias and start He-normal by fan-out.
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last, {@code last}, {@code embedding} (a map of
 * one pixel).
 *
 * @param stages of inverted residuals
 * @param channels of the stem
 * @param lastChannels of the last 1×1 before the map becomes one pixel
 * @param embedding values of the embedding, which the width does not change
 * @param pointwise in place of the blocks' 1×1 convolutions; empty for the convolutions
 * @param zeroInitialised whether the last norm of each branch that is added starts with γ = 0
 * @param head the margin and scale of the logits
 * @param settings the shared ones: {@code width} scales every other count of channels to a multiple
 *     of 8; {@code spatial} replaces the blocks' depthwise 3×3; the stem is 3×3 with stride 2 or
 *     deep, and with {@code CIFAR} the first stage does not halve the map either; {@code attentive}
 *     knows {@code BN1} to {@code BN3} and {@code STEM}; the recalibration is where {@link
 *     MobileNetV2} has it; {@code dropout} is that of the embedding before the head
 */
public record MobileFaceNet(
    List<InvertedStage> stages,
    int channels,
    int lastChannels,
    int embedding,
    Optional<SpatialLayer> pointwise,
    boolean zeroInitialised,
    ArcFace head,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<MobileFaceNet> {

  private static final int CASIA_WEBFACE = 10_575;
  private static final int STEM_KERNEL = 3;
  private static final String EMBEDDING = "embedding";

  /** Rejects invalid settings. */
  public MobileFaceNet {
    NetworkChecks.requirePresent("pointwise", pointwise, "head", head, "settings", settings);
    stages = List.copyOf(stages);
    NetworkChecks.requirePositive("stages", stages.size());
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    NetworkChecks.requirePositive("embedding", embedding);
    Pointwise.require(pointwise);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.SHORTCUT));
    settings.requireAttentive("MobileFaceNet", places, stages.size());
  }

  /** For 112×112 images of the 10,575 identities of CASIA-WebFace, margin 0.5, scale 64. */
  public static MobileFaceNet defaults() {
    List<InvertedStage> stages =
        List.of(
            new InvertedStage(2, 64, 5, 2),
            new InvertedStage(4, 128, 1, 2),
            new InvertedStage(2, 128, 6, 1),
            new InvertedStage(4, 128, 1, 2),
            new InvertedStage(2, 128, 2, 1));
    NetworkSettings settings =
        NetworkSettings.defaults()
            .with()
            .classes(CASIA_WEBFACE)
            .normalization(ImageNormalization.faces())
            .build();
    ArcFace head = ArcFace.defaults();
    return new MobileFaceNet(stages, 64, 512, 128, Optional.empty(), false, head, settings);
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1804.07573");
  }

  @Override
  public Optional<String> embeddingStage() {
    return Optional.of(EMBEDDING);
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    Map<String, Stage> named = stages(context, images);
    Stage last = named.get("last");
    Operand<TFloat32> y = last.map();
    Operand<TFloat32> pixel = embedded(context, parts(), y);
    int whole = last.stride() * Math.max(Shapes.height(y), Shapes.width(y));
    named.put(EMBEDDING, new Stage(pixel, whole, embedding));
    return new NetworkOutput(logits(context, pixel), named);
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> named = new LinkedHashMap<>();
    Stage wide = parts.stem(context, images, STEM_KERNEL, settings.scaledByTenths(channels), false);
    BuildContext depthwise = context.at("stem").at("depthwise");
    Norm ofStem = settings.norm(NormPlace.STEM, 0);
    Operand<TFloat32> first =
        parts.unit(depthwise, "", DepthwiseConv2d.of(3, 1), ofStem).activated(wide.map());
    Stage stem = new Stage(first, wide.stride(), wide.channels());
    named.put("stem", stem);
    Stage x =
        new InvertedResiduals(stages, parts, pointwise, zeroInitialised)
            .build(context, stem, named);
    int last = settings.scaledByTenths(lastChannels);
    NormUnit unit = parts.unit(context.at("last"), "", Conv2d.of(last, 1), settings.norm());
    named.put("last", new Stage(unit.activated(x.map()), x.stride(), last));
    return named;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, ParametricRelu.defaults());
  }

  // Linear: neither the depthwise convolution of the map's size nor the 1×1 has an activation.
  private Operand<TFloat32> embedded(
      BuildContext context, NetworkParts parts, Operand<TFloat32> map) {
    Window whole = new Window(Shapes.height(map), Shapes.width(map), 1, Padding.VALID, 1);
    Layer pool = new DepthwiseConv2d(whole, false, VarianceScaling.heNormalFanOut());
    Operand<TFloat32> pixel = parts.unit(context.at("pool"), "", pool, settings.norm()).build(map);
    Conv2d last = Conv2d.of(embedding, 1);
    return parts.unit(context.at(EMBEDDING), "", last, settings.norm()).build(pixel);
  }

  private Operand<TFloat32> logits(BuildContext context, Operand<TFloat32> pixel) {
    BuildContext scope = context.at("head");
    Ops tf = scope.tf();
    Operand<TFloat32> row = tf.reshape(pixel, tf.constant(new int[] {-1, embedding}));
    Operand<TFloat32> kept = new Dropout(settings.dropout()).build(scope.at("dropout"), row);
    return head.build(scope, kept, classes());
  }

  @Override
  public Operand<TFloat32> trainingLogits(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    return head.withMargin(tf, logits, targets);
  }

  /** Changes single settings of a MobileFaceNet. */
  public static final class Builder extends SettingsBuilder<MobileFaceNet, Builder> {

    private List<InvertedStage> stages;
    private int channels;
    private int lastChannels;
    private int embedding;
    private Optional<SpatialLayer> pointwise;
    private boolean zeroInitialised;
    private ArcFace head;

    private Builder(MobileFaceNet start) {
      super(start.settings());
      stages = start.stages();
      channels = start.channels();
      lastChannels = start.lastChannels();
      embedding = start.embedding();
      pointwise = start.pointwise();
      zeroInitialised = start.zeroInitialised();
      head = start.head();
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

    /** Sets the values of the embedding. */
    public Builder embedding(int count) {
      embedding = count;
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

    /** Sets the margin and scale of the logits. */
    public Builder head(ArcFace arc) {
      head = arc;
      return this;
    }

    @Override
    public MobileFaceNet build() {
      return new MobileFaceNet(
          stages, channels, lastChannels, embedding, pointwise, zeroInitialised, head, settings());
    }
  }

  /**
   * The names of MobileFaceNet for 112×112 images and 10,575 identities: {@code mobilefacenet},
   * also with {@code drconv-experts-}, which replaces the 1×1 convolutions of the blocks.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "mobilefacenet";
    }

    @Override
    public Class<MobileFaceNet> network() {
      return MobileFaceNet.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      MobileFaceNet net = defaults();
      return new PresetList(112)
          .add("mobilefacenet", net)
          .add(
              "drconv-experts-mobilefacenet",
              net.with().pointwise(DynamicRegionConv.pointwise(0)).build())
          .list();
    }
  }
}
