package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.GatherExcite.Variant;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The names of residual networks.
 *
 * <table>
 * <caption>Names; each may be preceded by one of the words below.</caption>
 * <tr><th>name</th><th>network</th><th>input</th></tr>
 * <tr><td>{@code resnet18}, {@code 34}, {@code 50}, {@code 101}, {@code 152}</td>
 *     <td>ResNet with the stride in the 3×3</td><td>224×224, 1,000 classes</td></tr>
 * <tr><td>{@code resnet50-v1}, {@code 101}, {@code 152}</td>
 *     <td>the same with the stride in the first 1×1</td><td>224×224, 1,000 classes</td></tr>
 * <tr><td>{@code resnet50-v1d}, {@code 101}, {@code 152}</td>
 *     <td>deep stem and average-pooling shortcuts</td><td>224×224, 1,000 classes</td></tr>
 * <tr><td>{@code resnext50-32x4d}, {@code resnext101-32x4d}, {@code -32x8d}, {@code -64x4d}</td>
 *     <td>ResNeXt</td><td>224×224, 1,000 classes</td></tr>
 * <tr><td>{@code resnet20-cifar}, {@code 32}, {@code 56}, {@code 110}</td>
 *     <td>the networks for CIFAR, with projections as shortcuts</td>
 *     <td>32×32, 10 classes</td></tr>
 * <tr><td>{@code resnet20-cifar-a}, {@code 32}, {@code 56}, {@code 110}</td>
 *     <td>the same with shortcuts without variables ("option A")</td>
 *     <td>32×32, 10 classes</td></tr>
 * </table>
 *
 * <p>Recalibrations: {@code se-} (with biases; in the networks for CIFAR without, as in SRM's
 * comparison), {@code srm-}, {@code ge-} (θ over the whole map, gathering with bias, as in SRM's
 * comparison), {@code ge-minus-} (θ⁻), {@code ge-plus-} (θ⁺), {@code eca-}, {@code cbam-}.
 *
 * <p>Norms: {@code an-}, attentive ones with 10, 10, 20 and 20 components a stage at the published
 * place (bn2 of bottlenecks, bn1 of basic blocks); {@code an-bn1-} and {@code an-bn3-} (of
 * bottlenecks), {@code an-bn2-} (of basic blocks), {@code an-all-} (every norm, with those of stem
 * and shortcuts); {@code sn-}, switchable ones everywhere.
 *
 * <p>Spatial convolution, in place of a bottleneck's 3×3 or of the second 3×3 of a basic block; not
 * with ResNeXt: {@code slim-} (query-key SLIM with 4 groups and reduction 4), {@code slim-mask-}
 * (its style-mask form with 4 groups and reduction 16), {@code drconv-} (8 regions, the paper's
 * pooled generator), {@code drconv-experts-} (the released code's 8 experts; the one layer of a
 * block makes the block's guide), {@code condconv-} (8 experts).
 *
 * <p>For example {@code srm-resnet50}, {@code se-resnet20-cifar} or {@code an-resnet50}.
 */
public final class ResNetPresets implements NetworkProvider {

  private static final String SRM_PAPER = "1903.10829";
  private static final String AN_PAPER = "1908.01259";

  /** A word before a plain network's name, the networks that it fits, and its change to them. */
  private record Prefix(String word, Predicate<ResNet> fits, UnaryOperator<ResNet> change) {}

  /** A network without any of the words. */
  private record Plain(String name, ResNet network, int imageSize) {

    Networks.Preset named(String other, ResNet changed) {
      return new Networks.Preset(other, changed, imageSize);
    }
  }

  private static final List<Prefix> PREFIXES =
      List.of(
          gate("se", net -> new SqueezeExcitation(16, net.settings().stem() != Stem.CIFAR)),
          gate("srm", net -> StyleRecalibration.defaults()),
          gate("ge", net -> new GatherExcite(Variant.THETA, 0, true, 16)),
          gate("ge-minus", net -> new GatherExcite(Variant.THETA_MINUS, 0, false, 16)),
          gate("ge-plus", net -> new GatherExcite(Variant.THETA_PLUS, 0, true, 16)),
          gate("eca", net -> EfficientChannelAttention.defaults()),
          gate("cbam", net -> ConvolutionalBlockAttention.defaults()),
          attentive("an", net -> true, net -> List.of(publishedPlace(net))),
          attentive("an-bn1", net -> !isBasic(net), net -> List.of(NormPlace.BN1)),
          attentive("an-bn2", ResNetPresets::isBasic, net -> List.of(NormPlace.BN2)),
          attentive("an-bn3", net -> !isBasic(net), net -> List.of(NormPlace.BN3)),
          attentive("an-all", net -> true, ResNetPresets::allPlaces),
          new Prefix("sn", net -> true, net -> net.with().norm(SwitchableNorm.defaults()).build()),
          spatial("slim", SameLayerSlim.queryKey(4, 4)),
          spatial("slim-mask", SameLayerSlim.defaults()),
          spatial("drconv", DynamicRegionConv.defaults()),
          spatial("drconv-experts", DynamicRegionConv.ofExperts()),
          spatial("condconv", CondConv.defaults()));

  @Override
  public String type() {
    return "resnet";
  }

  @Override
  public Class<ResNet> network() {
    return ResNet.class;
  }

  @Override
  public List<Networks.Preset> presets() {
    List<Plain> plain = plain();
    List<Networks.Preset> all = new ArrayList<>();
    plain.forEach(preset -> all.add(preset.named(preset.name(), preset.network())));
    for (Prefix prefix : PREFIXES) {
      for (Plain preset : plain) {
        if (prefix.fits().test(preset.network())) {
          ResNet changed = prefix.change().apply(preset.network());
          all.add(preset.named(prefix.word() + "-" + preset.name(), changed));
        }
      }
    }
    return all;
  }

  @Override
  public List<PublishedAccuracy> published() {
    List<PublishedAccuracy> all = new ArrayList<>();
    all.add(PublishedAccuracy.imagenet("resnet50", 75.89, 92.85, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("se-resnet50", 76.80, 93.39, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("ge-resnet50", 76.75, 93.41, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("srm-resnet50", 77.13, 93.51, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("resnet101", 77.40, 93.59, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("se-resnet101", 78.08, 93.95, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("ge-resnet101", 77.36, 93.64, SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("srm-resnet101", 78.47, 94.20, SRM_PAPER));
    all.add(
        new PublishedAccuracy(
            "srm-resnet56-cifar", "CIFAR-10", 95.05, Optional.empty(), SRM_PAPER));
    all.add(PublishedAccuracy.imagenet("resnet50", 76.99, 93.32, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("sn-resnet50", 77.57, 93.65, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("se-resnet50", 77.63, 93.64, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("an-resnet50", 78.41, 94.12, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("resnet101", 78.67, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("an-resnet101", 79.39, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("resnet50-v1d", 78.92, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("an-resnet50-v1d", 80.08, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("resnet101-v1d", 80.29, AN_PAPER));
    all.add(PublishedAccuracy.imagenet("an-resnet101-v1d", 81.15, AN_PAPER));
    return all;
  }

  private static Prefix gate(String word, Function<ResNet, Layer> layer) {
    return new Prefix(word, net -> true, net -> net.with().recalibration(layer.apply(net)).build());
  }

  private static Prefix attentive(
      String word, Predicate<ResNet> fits, Function<ResNet, List<NormPlace>> places) {
    return new Prefix(
        word,
        fits,
        net -> {
          AttentivePlaces all = AttentivePlaces.at(places.apply(net).toArray(NormPlace[]::new));
          List<Integer> ofStages = all.components().subList(0, net.repeats().size());
          return net.with().attentive(all.components(ofStages)).build();
        });
  }

  private static Prefix spatial(String word, SpatialLayer layer) {
    return new Prefix(word, net -> net.groups() == 1, net -> net.with().spatial(layer).build());
  }

  private static boolean isBasic(ResNet net) {
    return net.block() == ResNet.Block.BASIC;
  }

  private static NormPlace publishedPlace(ResNet net) {
    return isBasic(net) ? NormPlace.BN1 : NormPlace.BN2;
  }

  private static List<NormPlace> allPlaces(ResNet net) {
    return Arrays.stream(NormPlace.values())
        .filter(place -> !isBasic(net) || place != NormPlace.BN3)
        .toList();
  }

  private static List<Plain> plain() {
    List<Plain> found = new ArrayList<>();
    for (int depth : List.of(18, 34, 50, 101, 152)) {
      found.add(new Plain("resnet" + depth, ResNet.imagenet(depth), 224));
    }
    for (int depth : List.of(50, 101, 152)) {
      ResNet.Builder first = ResNet.imagenet(depth).with().stridePlace(ResNet.StridePlace.FIRST);
      found.add(new Plain("resnet" + depth + "-v1", first.build(), 224));
    }
    for (int depth : List.of(50, 101, 152)) {
      ResNet deep = ResNet.imagenet(depth).with().v1d().build();
      found.add(new Plain("resnet" + depth + "-v1d", deep, 224));
    }
    found.add(resnext(50, 32, 4));
    found.add(resnext(101, 32, 4));
    found.add(resnext(101, 32, 8));
    found.add(resnext(101, 64, 4));
    for (int depth : List.of(20, 32, 56, 110)) {
      found.add(new Plain("resnet" + depth + "-cifar", ResNet.cifar(depth), 32));
    }
    for (int depth : List.of(20, 32, 56, 110)) {
      ResNet.Builder bare = ResNet.cifar(depth).with().shortcut(ResNet.Shortcut.ZERO_PADDING);
      found.add(new Plain("resnet" + depth + "-cifar-a", bare.build(), 32));
    }
    return found;
  }

  private static Plain resnext(int depth, int groups, int groupWidth) {
    ResNet network = ResNet.imagenet(depth).with().groups(groups, groupWidth).build();
    return new Plain("resnext" + depth + "-" + groups + "x" + groupWidth + "d", network, 224);
  }
}
