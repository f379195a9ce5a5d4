package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.json.Flattened;
import dev.recal.ops.pool.AveragePool;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Densely connected networks: each layer takes the outputs of all layers of its stage before it.
 *
 * <p>Huang, Liu, van der Maaten, Weinberger 2017, "Densely Connected Convolutional Networks" (arXiv
 * 1608.06993), DenseNet-BC as in torchvision: a layer is norm, ReLU, 1×1, norm, ReLU, 3×3, and its
 * {@code growth} channels join its input; a transition is norm, ReLU, 1×1 to half the channels, 2×2
 * average pooling.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/layer0/bn1}, {@code conv1}, {@code bn2}, {@code conv2}, {@code recalibration};
 * {@code stage1/transition/bn}, {@code stage1/transition/conv}; the last norm is {@code last/bn};
 * {@code head/dense}. Convolutions have no bias and start He-normal by fan-out; the head starts at
 * U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last,
 * each after the norm and activation that follow its layers.
 *
 * @param repeats layers of each stage; each stage after the first halves the map
 * @param growth channels that a layer adds
 * @param bottleneck the 1×1's channels as a multiple of the growth
 * @param channels of the stem
 * @param groups of each 3×3
 * @param settings the shared ones: {@code width} scales growth and the stem's channels to multiples
 *     of 8; {@code spatial} replaces each 3×3; the stem is 7×7 or deep, then 3×3 max-pooling with
 *     stride 2; the norm is before every activation; {@code attentive} knows {@code BN1} and {@code
 *     BN2} in the layers, {@code SHORTCUT} in transitions and at the end, and {@code STEM},
 *     published at {@code BN2}; the recalibration is on the channels that a layer adds ({@code
 *     BRANCH_END} and {@code SPATIAL}) or on the whole map at the end of a stage ({@code
 *     AFTER_ADDITION})
 */
public record DenseNet(
    List<Integer> repeats,
    int growth,
    int bottleneck,
    int channels,
    int groups,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<DenseNet> {

  private static final int STEM_KERNEL = 7;

  /** Rejects invalid settings. */
  public DenseNet {
    NetworkChecks.requirePresent("settings", settings);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("growth", growth);
    NetworkChecks.requirePositive("bottleneck", bottleneck);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("groups", groups);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.BN3));
    settings.requireAttentive("DenseNet", places, repeats.size());
    if (settings.spatial().isPresent() && groups != 1) {
      throw new IllegalArgumentException(
          "groups: expected 1 with a spatial layer, which replaces the convolution, but got "
              + groups
              + ".");
    }
  }

  /** DenseNet-121 for ImageNet. */
  public static DenseNet defaults() {
    return imagenet(121);
  }

  /**
   * A network for ImageNet: growth 32, 1,000 classes, batch norm, no recalibration.
   *
   * @param depth 121, 169 or 201
   */
  public static DenseNet imagenet(int depth) {
    List<Integer> repeats =
        switch (depth) {
          case 121 -> List.of(6, 12, 24, 16);
          case 169 -> List.of(6, 12, 32, 32);
          case 201 -> List.of(6, 12, 48, 32);
          default ->
              throw new IllegalArgumentException(
                  "depth: expected 121, 169 or 201, but got " + depth + ".");
        };
    return new DenseNet(repeats, 32, 4, 64, 1, NetworkSettings.defaults());
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1608.06993");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return parts().output(context, stages(context, images));
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> stages = new LinkedHashMap<>();
    Stage stem = parts.stem(context, images, STEM_KERNEL, settings.scaled(channels), false);
    stages.put("stem", stem);
    Stage pooled = parts.pooled(context, stem);
    Operand<TFloat32> x = pooled.map();
    int stride = pooled.stride();
    int last = repeats.size() - 1;
    for (int i = 0; i <= last; i++) {
      BuildContext scope = context.at("stage" + (i + 1));
      x = layers(parts, scope, x, i);
      BuildContext after = i < last ? scope.at("transition") : context.at("last");
      x = parts.unit(after, "", settings.norm(NormPlace.SHORTCUT, i)).activated(x);
      stages.put("stage" + (i + 1), new Stage(x, stride, Shapes.channels(x)));
      if (i < last) {
        x = Conv2d.of(Shapes.channels(x) / 2, 1).build(after.at("conv"), x);
        x = AveragePool.of(2).build(after.at("pool"), x);
        stride *= 2;
      }
    }
    return stages;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU);
  }

  private Operand<TFloat32> layers(
      NetworkParts parts, BuildContext scope, Operand<TFloat32> input, int stage) {
    Operand<TFloat32> x = input;
    for (int j = 0; j < repeats.get(stage); j++) {
      BuildContext layer = scope.at("layer" + j);
      Operand<TFloat32> added = added(parts, layer, x, stage);
      x = layer.tf().concat(List.of(x, added), layer.tf().constant(3));
    }
    return parts.recalibrated(scope, RecalibrationPlace.AFTER_ADDITION, x);
  }

  private Operand<TFloat32> added(
      NetworkParts parts, BuildContext layer, Operand<TFloat32> x, int stage) {
    int count = settings.scaled(growth);
    Operand<TFloat32> input =
        parts.unit(layer, "1", settings.norm(NormPlace.BN1, stage)).activated(x);
    Operand<TFloat32> narrow = Conv2d.of(bottleneck * count, 1).build(layer.at("conv1"), input);
    Operand<TFloat32> inner =
        parts.unit(layer, "2", settings.norm(NormPlace.BN2, stage)).activated(narrow);
    Layer spatial = parts.spatial(Conv2d.of(count, 3).groups(groups));
    Operand<TFloat32> y = spatial.build(layer.at("conv2"), inner);
    // A layer ends with its spatial convolution, so that these two places are one.
    Operand<TFloat32> gated = parts.recalibrated(layer, RecalibrationPlace.SPATIAL, y);
    return parts.recalibrated(layer, RecalibrationPlace.BRANCH_END, gated);
  }

  /** Changes single settings of a DenseNet. */
  public static final class Builder extends SettingsBuilder<DenseNet, Builder> {

    private List<Integer> repeats;
    private int growth;
    private int bottleneck;
    private int channels;
    private int groups;

    private Builder(DenseNet start) {
      super(start.settings());
      repeats = start.repeats();
      growth = start.growth();
      bottleneck = start.bottleneck();
      channels = start.channels();
      groups = start.groups();
    }

    /** Sets how many layers each stage has. */
    public Builder repeats(List<Integer> counts) {
      repeats = counts;
      return this;
    }

    /** Sets the channels that a layer adds, and its 1×1's channels as a multiple of them. */
    public Builder growth(int count, int multipleOfBottleneck) {
      growth = count;
      bottleneck = multipleOfBottleneck;
      return this;
    }

    /** Sets the channels of the stem. */
    public Builder channels(int count) {
      channels = count;
      return this;
    }

    /** Sets the groups of each 3×3. */
    public Builder groups(int count) {
      groups = count;
      return this;
    }

    @Override
    public DenseNet build() {
      return new DenseNet(repeats, growth, bottleneck, channels, groups, settings());
    }
  }

  /**
   * The names of DenseNet-BC for ImageNet, 224×224: {@code densenet121}, {@code densenet169} and
   * {@code densenet201}, also with {@code an-} (at the published place), {@code se-} and {@code
   * srm-}.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "densenet";
    }

    @Override
    public Class<DenseNet> network() {
      return DenseNet.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      PresetList presets = new PresetList(224);
      AttentivePlaces places = AttentivePlaces.at(NormPlace.BN2);
      for (int depth : List.of(121, 169, 201)) {
        String name = "densenet" + depth;
        DenseNet net = imagenet(depth);
        presets
            .add(name, net)
            .add("an-" + name, net.with().attentive(places).build())
            .gated(name, net);
      }
      return presets.list();
    }

    @Override
    public List<PublishedAccuracy> published() {
      return List.of(PublishedAccuracy.imagenet("an-densenet121", 77.4, "1908.01259"));
    }
  }
}
