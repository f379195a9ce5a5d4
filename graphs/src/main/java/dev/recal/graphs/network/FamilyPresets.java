package dev.recal.graphs.network;

import dev.recal.graphs.network.Networks.Preset;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.ArrayList;
import java.util.List;

/** The names of the networks that are no residual networks, each before what is made of it. */
final class FamilyPresets {

  private static final int IMAGENET = 224;
  private static final int CIFAR = 32;
  private static final SqueezeExcitation SE = SqueezeExcitation.defaults();
  private static final StyleRecalibration SRM = StyleRecalibration.defaults();

  private final List<Preset> found = new ArrayList<>();

  private FamilyPresets() {}

  /** Returns all. */
  static List<Preset> all() {
    FamilyPresets presets = new FamilyPresets();
    for (int depth : List.of(121, 169, 201)) {
      presets.denseNet("densenet" + depth, DenseNet.imagenet(depth));
    }
    MobileNetV2 second = MobileNetV2.defaults();
    presets.mobileNetV2("mobilenetv2", second, IMAGENET);
    presets.mobileNetV2("mobilenetv2-cifar", second.with().cifar().build(), CIFAR);
    return presets.found;
  }

  private void denseNet(String name, DenseNet net) {
    add(name, net, IMAGENET);
    AttentivePlaces places = AttentivePlaces.at(NormPlace.BN2);
    add("an-" + name, net.with().attentive(places).build(), IMAGENET);
    add("se-" + name, net.with().recalibration(SE).build(), IMAGENET);
    add("srm-" + name, net.with().recalibration(SRM).build(), IMAGENET);
  }

  private void mobileNetV2(String name, MobileNetV2 net, int imageSize) {
    add(name, net, imageSize);
    AttentivePlaces places = MobileNetV2.publishedAttention();
    add("an-" + name, net.with().attentive(places).build(), imageSize);
    add("se-" + name, net.with().recalibration(SE).build(), imageSize);
    add("srm-" + name, net.with().recalibration(SRM).build(), imageSize);
  }

  private void add(String name, Network net, int imageSize) {
    found.add(new Preset(name, net, imageSize));
  }
}
