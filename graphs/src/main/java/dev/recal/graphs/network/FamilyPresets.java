package dev.recal.graphs.network;

import dev.recal.graphs.network.Networks.Preset;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The names of the networks that are no residual networks, each before what is made of it. */
final class FamilyPresets {

  private static final int IMAGENET = 224;
  private static final int FACES = 112;
  private static final int CIFAR = 32;
  private static final SqueezeExcitation SE = SqueezeExcitation.defaults();
  private static final StyleRecalibration SRM = StyleRecalibration.defaults();

  private static final DynamicRegionConv EXPERTS = DynamicRegionConv.pointwise(0);
  private static final DynamicRegionConv POOLED =
      new DynamicRegionConv(
          DynamicRegionConv.Generator.POOLED, 8, 1, 1, Optional.empty(), 0, 8, 1, false);

  private final List<Preset> found = new ArrayList<>();

  private FamilyPresets() {}

  /** Returns all. */
  static List<Preset> all() {
    FamilyPresets presets = new FamilyPresets();
    for (int depth : List.of(121, 169, 201)) {
      presets.denseNet("densenet" + depth, DenseNet.imagenet(depth));
    }
    presets.mobileNetV1("mobilenetv1", MobileNetV1.defaults());
    MobileNetV2 second = MobileNetV2.defaults();
    presets.mobileNetV2("mobilenetv2", second, IMAGENET);
    presets.mobileNetV2("mobilenetv2-cifar", second.with().cifar().build(), CIFAR);
    for (String size : List.of("0.5", "1.0", "1.5", "2.0")) {
      presets.shuffleNetV2("shufflenetv2-" + size, ShuffleNetV2.imagenet(size), IMAGENET);
    }
    ShuffleNetV2 half = ShuffleNetV2.imagenet("0.5").with().cifar().build();
    presets.shuffleNetV2("shufflenetv2-0.5-cifar", half, CIFAR);
    MobileFaceNet face = MobileFaceNet.defaults();
    presets.add("mobilefacenet", face, FACES);
    presets.add("drconv-experts-mobilefacenet", face.with().pointwise(EXPERTS).build(), FACES);
    return presets.found;
  }

  private void denseNet(String name, DenseNet net) {
    add(name, net, IMAGENET);
    AttentivePlaces places = AttentivePlaces.at(NormPlace.BN2);
    add("an-" + name, net.with().attentive(places).build(), IMAGENET);
    add("se-" + name, net.with().recalibration(SE).build(), IMAGENET);
    add("srm-" + name, net.with().recalibration(SRM).build(), IMAGENET);
  }

  private void mobileNetV1(String name, MobileNetV1 net) {
    add(name, net, IMAGENET);
    add("se-" + name, net.with().recalibration(SE).build(), IMAGENET);
    add("srm-" + name, net.with().recalibration(SRM).build(), IMAGENET);
    add("drconv-experts-" + name, net.with().pointwise(EXPERTS).build(), IMAGENET);
  }

  private void mobileNetV2(String name, MobileNetV2 net, int imageSize) {
    add(name, net, imageSize);
    AttentivePlaces places = MobileNetV2.publishedAttention();
    add("an-" + name, net.with().attentive(places).build(), imageSize);
    add("se-" + name, net.with().recalibration(SE).build(), imageSize);
    add("srm-" + name, net.with().recalibration(SRM).build(), imageSize);
    add("drconv-experts-" + name, net.with().pointwise(EXPERTS).build(), imageSize);
  }

  private void shuffleNetV2(String name, ShuffleNetV2 net, int imageSize) {
    add(name, net, imageSize);
    ShuffleNetV2Builder authors = net.with().mixing(ShuffleNetV2.Mixing.ALTERNATE);
    add("alternating-" + name, authors.build(), imageSize);
    add("se-" + name, net.with().recalibration(SE).build(), imageSize);
    add("srm-" + name, net.with().recalibration(SRM).build(), imageSize);
    add("drconv-experts-" + name, net.with().dynamic(EXPERTS).build(), imageSize);
    add("drconv-" + name, net.with().dynamic(POOLED).build(), imageSize);
  }

  private void add(String name, Network net, int imageSize) {
    found.add(new Preset(name, net, imageSize));
  }
}
