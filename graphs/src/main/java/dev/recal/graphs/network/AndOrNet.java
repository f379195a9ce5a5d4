package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.json.Flattened;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.AveragePool;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * And-or nets: each block is a grammar over slices of its input's channels, in which a node takes a
 * slice whole or joins the results of two shorter slices.
 *
 * <p>Written from the equations of Li, Song, Wu, "AOGNets: Compositional Grammatical Architectures
 * for Deep Learning" (arXiv 1711.05847); see {@link AndOrBlock} for them. The paper's text leaves
 * out the stem, the strides, the transitions and the lateral and residual wiring, so that the
 * published networks cannot be built from it: this network has a name and counts of its own, and
 * nobody's published accuracy. The authors' code was not read. The method is the subject of a
 * patent application of the authors, US 20220004709.
 *
 * <p>Own choices: the stem for ImageNet is 3×3 with stride 2, 3×3 with stride 2 and 1×1, of a
 * quarter, a quarter and all of the first stage's channels; the other stems have these channels
 * too. Each later stage starts with 2×2 average pooling and a 1×1 convolution with norm and ReLU.
 * Every node operation ends with a ReLU. With {@code residual}, which the presets have since deep
 * chains of node operations learn slowly, the sum that an OR-node starts with is added to its
 * result before that ReLU; the published text has no wiring to compare it with. Without it the
 * blocks are the equations alone.
 *
 * <p>Scopes: {@code stem/conv1} to {@code bn3}, or {@code stem/conv} and {@code stem/bn} for CIFAR;
 * {@code stage2/transition/conv}, {@code bn}; {@code stage1/block0/} with the nodes of {@link
 * AndOrBlock}; {@code head/dense}. Convolutions have no bias and start He-normal by fan-out; the
 * head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem}, {@code stage1} to the last; each stage after the first halves the map.
 *
 * @param stages channels of each stage, a multiple of the slices
 * @param repeats blocks of each stage
 * @param slices into which a block cuts its channels, at least 2
 * @param residual whether the sum that an OR-node starts with is added to the result of its node
 *     operation, before the last ReLU; it has no variables
 * @param settings the shared ones: {@code width} scales every stage to a multiple of 8; {@code
 *     spatial} replaces the 3×3 of every node; {@code attentive} knows {@code STEM}, {@code
 *     SHORTCUT} in the transitions, and {@code BN1}, {@code BN2} and {@code BN3} in the nodes that
 *     have all of a block's channels; the recalibration is in each block's output node, on the
 *     result ({@code BRANCH_END}), after the 3×3 and its norm ({@code SPATIAL}), or on the sum that
 *     the node starts with ({@code AFTER_ADDITION})
 */
public record AndOrNet(
    List<Integer> stages,
    List<Integer> repeats,
    int slices,
    boolean residual,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<AndOrNet> {

  private static final int SLICES = 4;

  /** Rejects invalid settings. */
  public AndOrNet {
    NetworkChecks.requirePresent("settings", settings);
    stages = NetworkChecks.positive("stages", stages);
    repeats = NetworkChecks.positive("repeats", repeats);
    if (slices < 2) {
      throw new IllegalArgumentException("slices: expected at least 2, but got " + slices + ".");
    }
    for (int channels : stages) {
      int scaled = settings.scaled(channels);
      if (stages.size() != repeats.size() || scaled % slices != 0) {
        throw new IllegalArgumentException(
            "stages: expected a multiple of "
                + slices
                + " for each of the "
                + repeats.size()
                + " repeats, but got "
                + stages
                + ".");
      }
    }
    settings.requireAttentive("and-or net", EnumSet.allOf(NormPlace.class), stages.size());
  }

  /** The network of 12 million parameters for ImageNet. */
  public static AndOrNet defaults() {
    return imagenet(12);
  }

  /**
   * A network for ImageNet: four slices, 1,000 classes, batch norm, no recalibration.
   *
   * @param millions of its parameters, 12 or 42
   */
  public static AndOrNet imagenet(int millions) {
    NetworkSettings settings = NetworkSettings.defaults();
    return switch (millions) {
      case 12 ->
          new AndOrNet(List.of(128, 256, 512, 824), List.of(2, 2, 2, 1), SLICES, true, settings);
      case 42 ->
          new AndOrNet(List.of(224, 448, 896, 1400), List.of(2, 2, 3, 1), SLICES, true, settings);
      default ->
          throw new IllegalArgumentException(
              "millions: expected 12 or 42, but got " + millions + ".");
    };
  }

  /** A network for images of 32×32, with 0.7 times the parameters of ResNet-20. */
  public static AndOrNet cifar() {
    return new AndOrNet(
        List.of(32, 64, 128), List.of(1, 1, 1), SLICES, true, NetworkSettings.cifar());
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return List.of("1711.05847");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return parts().output(context, stages(context, images));
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> maps = new LinkedHashMap<>();
    Stage stage = stem(parts, context, images);
    maps.put("stem", stage);
    for (int i = 0; i < stages.size(); i++) {
      BuildContext scope = context.at("stage" + (i + 1));
      int channels = settings.scaled(stages.get(i));
      int stride = i == 0 ? stage.stride() : 2 * stage.stride();
      Operand<TFloat32> x = i == 0 ? stage.map() : transition(parts, scope, stage.map(), i);
      for (int j = 0; j < repeats.get(i); j++) {
        x = new AndOrBlock(parts, i, slices, channels, residual, scope.at("block" + j), x).build();
      }
      stage = new Stage(x, stride, channels);
      maps.put("stage" + (i + 1), stage);
    }
    return maps;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU);
  }

  private Stage stem(NetworkParts parts, BuildContext context, Operand<TFloat32> images) {
    int channels = settings.scaled(stages.get(0));
    if (settings.stem() != Stem.IMAGENET) {
      return parts.pooled(context, parts.stem(context, images, 3, channels, false));
    }
    NetworkChecks.requireImages(images);
    BuildContext scope = context.at("stem");
    Norm norm = settings.norm(NormPlace.STEM, 0);
    int narrow = AndOrBlock.quarter(channels);
    Conv2d halving = Conv2d.of(narrow, 3).stride(2);
    Operand<TFloat32> x = settings.normalization().apply(context.tf(), images);
    x = parts.unit(scope, "1", halving, norm).activated(x);
    x = parts.unit(scope, "2", halving, norm).activated(x);
    x = parts.unit(scope, "3", Conv2d.of(channels, 1), norm).activated(x);
    return new Stage(x, 4, channels);
  }

  private Operand<TFloat32> transition(
      NetworkParts parts, BuildContext stage, Operand<TFloat32> x, int index) {
    BuildContext scope = stage.at("transition");
    Operand<TFloat32> pooled = AveragePool.of(2).build(scope.at("pool"), x);
    Conv2d wider = Conv2d.of(settings.scaled(stages.get(index)), 1);
    return parts.unit(scope, "", wider, settings.norm(NormPlace.SHORTCUT, index)).activated(pooled);
  }

  /** Changes single settings of an and-or net. */
  public static final class Builder extends SettingsBuilder<AndOrNet, Builder> {

    private List<Integer> stages;
    private List<Integer> repeats;
    private int slices;
    private boolean residual;

    private Builder(AndOrNet start) {
      super(start.settings());
      stages = start.stages();
      repeats = start.repeats();
      slices = start.slices();
      residual = start.residual();
    }

    /** Sets each stage's channels and how many blocks it has. */
    public Builder stages(List<Integer> channels, List<Integer> counts) {
      stages = channels;
      repeats = counts;
      return this;
    }

    /** Sets into how many slices a block cuts its channels. */
    public Builder slices(int count) {
      slices = count;
      return this;
    }

    /** Sets whether the sum of an OR-node is added to the result of its node operation. */
    public Builder residual(boolean added) {
      residual = added;
      return this;
    }

    @Override
    public AndOrNet build() {
      return new AndOrNet(stages, repeats, slices, residual, settings());
    }
  }

  /**
   * The names of and-or nets: {@code and-or-net-12m} and {@code and-or-net-42m} for ImageNet,
   * 224×224, and {@code and-or-net-cifar} for 32×32, 10 classes; also with {@code an-} (after the
   * 3×3 of the nodes with all channels), {@code se-} and {@code srm-}.
   */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "and-or-net";
    }

    @Override
    public Class<AndOrNet> network() {
      return AndOrNet.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      AttentivePlaces places = AttentivePlaces.at(NormPlace.BN2);
      PresetList presets = new PresetList(224);
      for (int millions : List.of(12, 42)) {
        presets.and(presets("and-or-net-" + millions + "m", imagenet(millions), places, 224));
      }
      AttentivePlaces three = places.components(List.of(10, 10, 20));
      return presets.and(presets("and-or-net-cifar", cifar(), three, 32)).list();
    }

    private static PresetList presets(
        String name, AndOrNet net, AttentivePlaces places, int imageSize) {
      return new PresetList(imageSize)
          .add(name, net)
          .add("an-" + name, net.with().attentive(places).build())
          .gated(name, net);
    }
  }
}
