package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Each family with few blocks and channels for five classes, with every setting it takes. */
final class SmallNetworks {

  static final int CLASSES = 5;

  private static final DynamicRegionConv EXPERTS = points(DynamicRegionConv.Generator.EXPERTS);
  private static final DynamicRegionConv POOLED = points(DynamicRegionConv.Generator.POOLED);

  private SmallNetworks() {}

  private static DynamicRegionConv points(DynamicRegionConv.Generator generator) {
    return new DynamicRegionConv(generator, 3, 1, 1, Optional.empty(), 0, 2, 1, false);
  }

  static DenseNet.Builder denseNet() {
    return DenseNet.imagenet(121)
        .with()
        .repeats(List.of(1, 2))
        .growth(8, 2)
        .channels(16)
        .classes(CLASSES);
  }

  static MobileNetV1.Builder mobileNetV1() {
    return MobileNetV1.defaults().with().repeats(List.of(1, 1, 2)).channels(8).classes(CLASSES);
  }

  static MobileNetV2.Builder mobileNetV2() {
    return MobileNetV2.defaults()
        .with()
        .stages(
            List.of(
                new InvertedStage(1, 8, 1, 1),
                new InvertedStage(2, 8, 2, 2),
                new InvertedStage(2, 16, 1, 2)))
        .channels(8, 16)
        .dropout(0)
        .classes(CLASSES);
  }

  static ShuffleNetV2.Builder shuffleNetV2() {
    return ShuffleNetV2.defaults()
        .with()
        .stages(List.of(16, 32), List.of(2, 1))
        .channels(8, 16)
        .classes(CLASSES);
  }

  static MobileFaceNet.Builder mobileFaceNet() {
    return MobileFaceNet.defaults()
        .with()
        .stages(List.of(new InvertedStage(2, 8, 2, 2), new InvertedStage(2, 16, 1, 1)))
        .channels(8, 16)
        .embedding(8)
        .classes(CLASSES);
  }

  static AndOrNet.Builder andOrNet() {
    return AndOrNet.defaults().with().stages(List.of(16, 32), List.of(1, 1)).classes(CLASSES);
  }

  /** Each family with its defaults. */
  static List<Network> plain() {
    return List.of(
        denseNet().build(),
        mobileNetV1().build(),
        mobileNetV2().build(),
        shuffleNetV2().build(),
        shuffleNetV2().mixing(ShuffleNetV2.Mixing.ALTERNATE).biasedEnds(true).build(),
        mobileFaceNet().build(),
        andOrNet().build());
  }

  /** Each family with one setting changed at a time. */
  static List<Network> all() {
    List<Network> nets = new ArrayList<>(plain());
    List<Layer> gates =
        List.of(new SqueezeExcitation(1), StyleRecalibration.defaults(), GatherExcite.defaults());
    for (RecalibrationPlace place : RecalibrationPlace.values()) {
      Layer gate = gates.get(place.ordinal());
      nets.add(denseNet().recalibration(gate).place(place).build());
      nets.add(mobileNetV1().recalibration(gate).place(place).build());
      nets.add(mobileNetV2().recalibration(gate).place(place).build());
      nets.add(shuffleNetV2().recalibration(gate).place(place).build());
      nets.add(mobileFaceNet().recalibration(gate).place(place).build());
      nets.add(andOrNet().recalibration(gate).place(place).build());
    }
    Norm groups = new GroupNorm(4, 1e-5f, 1f);
    nets.add(denseNet().norm(groups).build());
    nets.add(mobileNetV1().norm(SwitchableNorm.defaults()).build());
    nets.add(mobileNetV2().norm(groups).zeroInitialised(true).build());
    nets.add(shuffleNetV2().norm(InstanceNorm.defaults()).build());
    nets.add(denseNet().spatial(CondConv.defaults()).build());
    nets.add(mobileNetV1().spatial(CondConv.defaults()).build());
    nets.add(mobileNetV2().spatial(DynamicRegionConv.defaults()).build());
    SameLayerSlim slim = new SameLayerSlim(SameLayerSlim.Form.STYLE_MASK, 4, 2, 1, 1);
    nets.add(shuffleNetV2().spatial(slim).build());
    nets.add(mobileFaceNet().spatial(slim).build());
    nets.add(andOrNet().spatial(CondConv.defaults()).build());
    nets.add(shuffleNetV2().pointwise(EXPERTS).build());
    nets.add(mobileNetV2().pointwise(new CondConv(1, 1, Optional.empty(), 0, 2, 1, false)).build());
    for (Stem stem : List.of(Stem.DEEP, Stem.CIFAR)) {
      nets.add(denseNet().stem(stem).groups(2).build());
      nets.add(mobileNetV1().stem(stem).build());
      nets.add(mobileNetV2().stem(stem).build());
      nets.add(shuffleNetV2().stem(stem).biasedEnds(true).build());
      nets.add(mobileFaceNet().stem(stem).build());
      nets.add(andOrNet().stem(stem).slices(2).build());
    }
    nets.add(denseNet().width(2).dropout(0.3f).build());
    nets.add(mobileNetV1().width(1.5).dropout(0.3f).build());
    nets.add(mobileNetV2().width(1.5).dropout(0.3f).build());
    nets.add(shuffleNetV2().width(1.5).dropout(0.3f).build());
    nets.add(mobileFaceNet().width(1.5).dropout(0.3f).build());
    nets.add(andOrNet().width(1.5).dropout(0.3f).build());
    nets.addAll(attentive());
    nets.addAll(dynamic());
    return nets;
  }

  /** The families with 1×1 convolutions, which are dynamic by region. */
  static List<Network> dynamic() {
    return List.of(
        mobileNetV1().pointwise(EXPERTS).build(),
        mobileNetV2().pointwise(EXPERTS).build(),
        shuffleNetV2().dynamic(EXPERTS).build(),
        shuffleNetV2().dynamic(POOLED).build(),
        mobileFaceNet().pointwise(EXPERTS).build());
  }

  /** Each family with attentive norms at every position. */
  static List<Network> attentive() {
    AttentivePlaces blocks = AttentivePlaces.at(NormPlace.STEM, NormPlace.BN1, NormPlace.BN2);
    AttentivePlaces linear = AttentivePlaces.at(NormPlace.STEM, NormPlace.BN2, NormPlace.BN3);
    AttentivePlaces dense =
        AttentivePlaces.at(NormPlace.STEM, NormPlace.BN1, NormPlace.BN2, NormPlace.SHORTCUT);
    AttentivePlaces every = AttentivePlaces.at(NormPlace.values());
    return List.of(
        denseNet().attentive(dense.components(List.of(2, 3))).build(),
        mobileNetV1().attentive(blocks.components(List.of(2, 3, 3))).build(),
        mobileNetV2().attentive(linear.components(List.of(2, 3, 3))).build(),
        shuffleNetV2().attentive(every.components(List.of(2, 3))).build(),
        mobileFaceNet().attentive(linear.components(List.of(2, 3))).build(),
        andOrNet().attentive(every.components(List.of(2, 3))).build());
  }
}
