package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.json.Flattened;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ShuffleNetV2: half of the channels pass a block unchanged, and blocks mix the halves.
 *
 * <p>Ma, Zhang, Zheng, Sun 2018 (arXiv 1807.11164). Two forms of a block are in use, see {@link
 * Mixing}: torchvision's, and the one of the paper's and of DRConv's authors (github
 * megvii-model/ShuffleNet-Series, megvii-research/DRConv). They agree where a stage doubles the
 * channels, so at 0.5×; in the others the first block of the first stage differs. DRConv's code
 * also has biases in the first and the last convolution.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3}). The
 * branch is {@code stage1/block0/conv1}, {@code bn1} (1×1), {@code conv2}, {@code bn2} (depthwise),
 * {@code conv3}, {@code bn3} (1×1), {@code recalibration}, {@code guide} (where 1×1 convolutions
 * are dynamic by region: one for the block, of the branch's input). A block that strides has {@code
 * stage1/block0/shortcut/conv1}, {@code bn1} (depthwise), {@code conv2}, {@code bn2} (1×1). {@code
 * last/conv}, {@code last/bn}; {@code head/dense}. Convolutions start He-normal by fan-out; the
 * head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last,
 * {@code last}; for feature pyramids, which need a stride of 4, also {@code pool}, after the stem's
 * pooling.
 *
 * @param stages channels of each stage; each stage halves the map
 * @param repeats blocks of each stage
 * @param channels of the stem
 * @param lastChannels of the last 1×1
 * @param mixing how a block's input is split and its output is combined
 * @param biasedEnds whether the first and the last convolution have a bias
 * @param pointwise in place of both 1×1 convolutions of each branch; empty for the convolutions
 * @param settings the shared ones: {@code width} scales every count of channels to a multiple of 8
 *     and is 1 in all published sizes; {@code spatial} replaces each branch's depthwise 3×3; the
 *     stem is 3×3 with stride 2 or deep, then 3×3 max-pooling with stride 2; {@code attentive}
 *     knows every place; the recalibration is at the end of the branch ({@code BRANCH_END}), after
 *     its depthwise 3×3 and norm ({@code SPATIAL}), or on the whole output ({@code AFTER_ADDITION})
 */
public record ShuffleNetV2(
    List<Integer> stages,
    List<Integer> repeats,
    int channels,
    int lastChannels,
    Mixing mixing,
    boolean biasedEnds,
    Optional<SpatialLayer> pointwise,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<ShuffleNetV2> {

  /** How the halves of a block's channels are combined. */
  public enum Mixing {
    /**
     * The first half bypasses the branch, the second goes through it, and the channels of both
     * alternate in the output. A block that strides computes half of its output in each part. As in
     * torchvision.
     */
    SHUFFLE,
    /**
     * The even channels bypass the branch, the odd ones go through it, and its output is appended
     * without a shuffle. In a block that strides the shortcut keeps the input's number of channels
     * and the branch makes the others. As in the authors' code.
     */
    ALTERNATE
  }

  /** Rejects invalid settings. */
  public ShuffleNetV2 {
    NetworkChecks.requirePresent("mixing", mixing, "pointwise", pointwise, "settings", settings);
    stages = NetworkChecks.positive("stages", stages);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    Pointwise.require(pointwise);
    if (stages.size() != repeats.size() || stages.stream().anyMatch(count -> count % 2 != 0)) {
      throw new IllegalArgumentException(
          "stages: expected an even number of channels for each of the "
              + repeats.size()
              + " repeats, but got "
              + stages
              + ".");
    }
    settings.requireAttentive("ShuffleNetV2", EnumSet.allOf(NormPlace.class), stages.size());
    if (mixing == Mixing.ALTERNATE) {
      requireGrowing(settings.scaled(channels), stages.stream().map(settings::scaled).toList());
    }
  }

  private static void requireGrowing(int first, List<Integer> stages) {
    int before = first;
    for (int after : stages) {
      if (after <= before) {
        throw new IllegalArgumentException(
            "stages: expected each stage to have more channels than its input with ALTERNATE, but"
                + " got "
                + after
                + " after "
                + before
                + ".");
      }
      before = after;
    }
  }

  /** 1.0× for ImageNet. */
  public static ShuffleNetV2 defaults() {
    return imagenet("1.0");
  }

  /**
   * A network for ImageNet with torchvision's blocks: 1,000 classes, batch norm, no recalibration.
   *
   * @param size 0.5, 1.0, 1.5 or 2.0
   */
  public static ShuffleNetV2 imagenet(String size) {
    List<Integer> stages =
        switch (size) {
          case "0.5" -> List.of(48, 96, 192);
          case "1.0" -> List.of(116, 232, 464);
          case "1.5" -> List.of(176, 352, 704);
          case "2.0" -> List.of(244, 488, 976);
          default ->
              throw new IllegalArgumentException(
                  "size: expected 0.5, 1.0, 1.5 or 2.0, but got " + size + ".");
        };
    int last = size.equals("2.0") ? 2048 : 1024;
    return new ShuffleNetV2(
        stages,
        List.of(4, 8, 4),
        24,
        last,
        Mixing.SHUFFLE,
        false,
        Optional.empty(),
        NetworkSettings.defaults());
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1807.11164");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return new ShuffleNetV2Graph(this).build(context, images);
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    return new ShuffleNetV2Graph(this).stages(context, images);
  }

  /** Changes single settings of a ShuffleNetV2. */
  public static final class Builder extends SettingsBuilder<ShuffleNetV2, Builder> {

    private List<Integer> stages;
    private List<Integer> repeats;
    private int channels;
    private int lastChannels;
    private Mixing mixing;
    private boolean biasedEnds;
    private Optional<SpatialLayer> pointwise;

    private Builder(ShuffleNetV2 start) {
      super(start.settings());
      stages = start.stages();
      repeats = start.repeats();
      channels = start.channels();
      lastChannels = start.lastChannels();
      mixing = start.mixing();
      biasedEnds = start.biasedEnds();
      pointwise = start.pointwise();
    }

    /** Sets each stage's channels and how many blocks it has. */
    public Builder stages(List<Integer> channelsOfEach, List<Integer> counts) {
      stages = channelsOfEach;
      repeats = counts;
      return this;
    }

    /** Sets the channels of the stem and of the last 1×1, before scaling by the width. */
    public Builder channels(int ofStem, int last) {
      channels = ofStem;
      lastChannels = last;
      return this;
    }

    /** Sets how a block's input is split and its output is combined. */
    public Builder mixing(Mixing form) {
      mixing = form;
      return this;
    }

    /** Sets whether the first and the last convolution have a bias. */
    public Builder biasedEnds(boolean biased) {
      biasedEnds = biased;
      return this;
    }

    /** Sets the layer that replaces both 1×1 convolutions of each branch. */
    public Builder pointwise(SpatialLayer layer) {
      pointwise = Optional.of(layer);
      return this;
    }

    /** Sets DRConv's form: its authors' blocks and biases, and this layer in the branches. */
    public Builder dynamic(SpatialLayer layer) {
      return mixing(Mixing.ALTERNATE).biasedEnds(true).pointwise(layer);
    }

    @Override
    public ShuffleNetV2 build() {
      return new ShuffleNetV2(
          stages, repeats, channels, lastChannels, mixing, biasedEnds, pointwise, settings());
    }
  }

  /**
   * The names of ShuffleNetV2: {@code shufflenetv2-0.5}, {@code 1.0}, {@code 1.5} and {@code 2.0}
   * for ImageNet, 224×224, and {@code shufflenetv2-0.5-cifar} for 32×32, 10 classes; also with
   * {@code alternating-} (the authors' blocks), {@code se-}, {@code srm-}, {@code drconv-} and
   * {@code drconv-experts-}, which replace the 1×1 convolutions in DRConv's form.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "shufflenetv2";
    }

    @Override
    public Class<ShuffleNetV2> network() {
      return ShuffleNetV2.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      ShuffleNetV2 half = imagenet("0.5").with().cifar().build();
      PresetList presets = new PresetList(224);
      for (String size : List.of("0.5", "1.0", "1.5", "2.0")) {
        presets.and(presets("shufflenetv2-" + size, imagenet(size), 224));
      }
      return presets.and(presets("shufflenetv2-0.5-cifar", half, 32)).list();
    }

    private static PresetList presets(String name, ShuffleNetV2 net, int imageSize) {
      DynamicRegionConv pooled =
          new DynamicRegionConv(
              DynamicRegionConv.Generator.POOLED, 8, 1, 1, Optional.empty(), 0, 8, 1, false);
      return new PresetList(imageSize)
          .add(name, net)
          .add("alternating-" + name, net.with().mixing(Mixing.ALTERNATE).build())
          .gated(name, net)
          .add("drconv-experts-" + name, net.with().dynamic(DynamicRegionConv.pointwise(0)).build())
          .add("drconv-" + name, net.with().dynamic(pooled).build());
    }

    @Override
    public List<PublishedAccuracy> published() {
      return List.of(
          PublishedAccuracy.imagenet("shufflenetv2-0.5", 60.8, "2003.12243"),
          PublishedAccuracy.imagenet("drconv-shufflenetv2-0.5", 67.1, "2003.12243"));
    }
  }
}
