package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.json.Flattened;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Residual networks, with the settings in which their published forms differ.
 *
 * <p>He et al. 2016, "Deep Residual Learning for Image Recognition" (arXiv 1512.03385), with the
 * stride in the 3×3 as in torchvision; CIFAR networks of the same paper, section 4.2; ResNeXt by
 * {@code groups} (Xie et al. 2017, arXiv 1611.05431); V1d by {@link Stem#DEEP} and {@link
 * Shortcut#AVERAGE_PROJECTION} (He et al. 2019, "Bag of Tricks", arXiv 1812.01187).
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn}; {@code stage1/block0/conv1}, {@code
 * stage1/block0/bn1}, …, {@code stage1/block0/shortcut/conv}, {@code stage1/block0/shortcut/bn},
 * {@code stage1/block0/recalibration}; {@code head/dense}. The norms' scopes are called {@code bn}
 * whatever the norm. A deep stem has {@code stem/conv1} to {@code stem/bn3}. Convolutions have no
 * bias and start He-normal by fan-out; the head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last.
 *
 * @param block the form of the residual branch
 * @param repeats blocks of each stage; each stage after the first halves the map
 * @param channels the inner channels of the first stage, doubled in each further one
 * @param groups of the 3×3 in a bottleneck; 1 for an ordinary one
 * @param groupWidth channels of a group at 64 inner channels; 64 with one group is the ordinary one
 * @param shortcut how a shortcut changes size and channels
 * @param stridePlace which convolution of a bottleneck strides
 * @param zeroInitialised whether the last norm of each branch starts with γ = 0
 * @param settings the shared ones: {@code width} scales every count of channels to a multiple of 8;
 *     {@code spatial} replaces the 3×3 of a bottleneck or the second 3×3 of a basic block, keeping
 *     size and channels; the stem is 7×7 or deep, then 3×3 max-pooling with stride 2; {@code
 *     attentive} knows every place, but no {@code BN3} in basic blocks; {@code SPATIAL} is after a
 *     bottleneck's 3×3, its norm and activation, and in a basic block the branch's end
 */
public record ResNet(
    Block block,
    List<Integer> repeats,
    int channels,
    int groups,
    int groupWidth,
    Shortcut shortcut,
    StridePlace stridePlace,
    boolean zeroInitialised,
    @Flattened NetworkSettings settings)
    implements NetworkFamily<ResNet> {

  private static final int STEM_KERNEL = 7;

  /** The residual branch. */
  public enum Block {
    /** Two 3×3 convolutions. */
    BASIC,
    /** 1×1, 3×3, 1×1; the last has four times the channels. */
    BOTTLENECK
  }

  /** A shortcut where the block changes the map's size or channels. */
  public enum Shortcut {
    /** A strided 1×1 convolution and a norm. */
    PROJECTION,
    /** 2×2 average pooling, then 1×1 convolution and norm. */
    AVERAGE_PROJECTION,
    /** Every second pixel, with zeros for the missing channels, half before and half after. */
    ZERO_PADDING
  }

  /** The convolution of a bottleneck that strides; a basic block strides in its first. */
  public enum StridePlace {
    /** The 3×3. */
    SPATIAL,
    /** The first 1×1, as the first publication has it. */
    FIRST
  }

  /** Rejects invalid settings. */
  public ResNet {
    NetworkChecks.requirePresent("block", block, "shortcut", shortcut, "stridePlace", stridePlace);
    NetworkChecks.requirePresent("settings", settings);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("groups", groups);
    NetworkChecks.requirePositive("groupWidth", groupWidth);
    boolean basic = block == Block.BASIC;
    EnumSet<NormPlace> places = EnumSet.allOf(NormPlace.class);
    if (basic) {
      places.remove(NormPlace.BN3);
    }
    String name = basic ? "ResNet of basic blocks" : "ResNet";
    settings.requireAttentive(name, places, repeats.size());
    boolean ordinary = groups == 1 && groupWidth == 64;
    if (!ordinary && (basic || settings.spatial().isPresent())) {
      throw new IllegalArgumentException(
          "groups: expected one group of width 64 with "
              + (basic ? "basic blocks" : "a spatial layer, which replaces the convolution")
              + ", but got "
              + groups
              + " of width "
              + groupWidth
              + ".");
    }
  }

  /** ResNet-50 for ImageNet. */
  public static ResNet defaults() {
    return imagenet(50);
  }

  /**
   * A network for ImageNet: 1,000 classes, batch norm, no recalibration.
   *
   * @param depth 18, 34, 50, 101 or 152
   */
  public static ResNet imagenet(int depth) {
    List<Integer> repeats =
        switch (depth) {
          case 18 -> List.of(2, 2, 2, 2);
          case 34, 50 -> List.of(3, 4, 6, 3);
          case 101 -> List.of(3, 4, 23, 3);
          case 152 -> List.of(3, 8, 36, 3);
          default ->
              throw new IllegalArgumentException(
                  "depth: expected 18, 34, 50, 101 or 152, but got " + depth + ".");
        };
    return of(depth < 50 ? Block.BASIC : Block.BOTTLENECK, repeats, 64, NetworkSettings.defaults());
  }

  private static ResNet of(
      Block block, List<Integer> repeats, int channels, NetworkSettings settings) {
    return new ResNet(
        block, repeats, channels, 1, 64, Shortcut.PROJECTION, StridePlace.SPATIAL, false, settings);
  }

  /**
   * A network for 32×32 images: three stages of 16, 32 and 64 channels, 10 classes, batch norm,
   * projections as shortcuts. He et al. use {@link Shortcut#ZERO_PADDING} here; SRM's authors count
   * projections in their comparison.
   *
   * @param depth 6n + 2, for example 20, 32, 56 or 110
   */
  public static ResNet cifar(int depth) {
    int repeats = (depth - 2) / 6;
    if (repeats < 1 || 6 * repeats + 2 != depth) {
      throw new IllegalArgumentException(
          "depth: expected 6n + 2, for example 20, 32, 56 or 110, but got " + depth + ".");
    }
    return of(Block.BASIC, List.of(repeats, repeats, repeats), 16, NetworkSettings.cifar());
  }

  @Override
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public List<String> papers() {
    return groups > 1 ? List.of("1512.03385", "1611.05431") : List.of("1512.03385");
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
    Stage x = parts.pooled(context, stem);
    for (int i = 0; i < repeats.size(); i++) {
      x = new ResidualStage(this, parts, i).build(context.at("stage" + (i + 1)), x);
      stages.put("stage" + (i + 1), x);
    }
    return stages;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU);
  }

  /** Changes single settings of a ResNet. */
  public static final class Builder extends SettingsBuilder<ResNet, Builder> {

    private Block block;
    private List<Integer> repeats;
    private int channels;
    private int groups;
    private int groupWidth;
    private Shortcut shortcut;
    private StridePlace stridePlace;
    private boolean zeroInitialised;

    private Builder(ResNet start) {
      super(start.settings());
      block = start.block();
      repeats = start.repeats();
      channels = start.channels();
      groups = start.groups();
      groupWidth = start.groupWidth();
      shortcut = start.shortcut();
      stridePlace = start.stridePlace();
      zeroInitialised = start.zeroInitialised();
    }

    /** Sets the form of the blocks and how many each stage has. */
    public Builder block(Block form, List<Integer> counts) {
      block = form;
      repeats = counts;
      return this;
    }

    /** Sets the inner channels of the first stage, before scaling by the width. */
    public Builder channels(int count) {
      channels = count;
      return this;
    }

    /** Sets the groups of a bottleneck's 3×3 and the channels of each at 64 inner channels. */
    public Builder groups(int count, int widthOfEach) {
      groups = count;
      groupWidth = widthOfEach;
      return this;
    }

    /** Sets how shortcuts change size and channels. */
    public Builder shortcut(Shortcut form) {
      shortcut = form;
      return this;
    }

    /** Sets V1d: the deep stem and average-pooling shortcuts. */
    public Builder v1d() {
      return stem(Stem.DEEP).shortcut(Shortcut.AVERAGE_PROJECTION);
    }

    /** Sets which convolution of a bottleneck strides. */
    public Builder stridePlace(StridePlace where) {
      stridePlace = where;
      return this;
    }

    /** Sets whether the last norm of each branch starts with γ = 0. */
    public Builder zeroInitialised(boolean zero) {
      zeroInitialised = zero;
      return this;
    }

    @Override
    public ResNet build() {
      return new ResNet(
          block,
          repeats,
          channels,
          groups,
          groupWidth,
          shortcut,
          stridePlace,
          zeroInitialised,
          settings());
    }
  }
}
