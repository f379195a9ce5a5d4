package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.json.Names;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.GatherExcite.Variant;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The networks by name.
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
 *
 * <table>
 * <caption>The other families, with the words that each of them takes.</caption>
 * <tr><th>name</th><th>network</th><th>input</th><th>words</th></tr>
 * <tr><td>{@code densenet121}, {@code 169}, {@code 201}</td><td>DenseNet-BC</td>
 *     <td>224×224, 1,000 classes</td><td>an, se, srm</td></tr>
 * <tr><td>{@code mobilenetv1}</td><td>MobileNetV1</td><td>224×224, 1,000 classes</td>
 *     <td>se, srm, drconv-experts</td></tr>
 * <tr><td>{@code mobilenetv2}, {@code mobilenetv2-cifar}</td><td>MobileNetV2</td>
 *     <td>224×224, 1,000 classes; 32×32, 10 classes</td><td>an, se, srm, drconv-experts</td></tr>
 * <tr><td>{@code shufflenetv2-0.5}, {@code 1.0}, {@code 1.5}, {@code 2.0}, {@code
 *     shufflenetv2-0.5-cifar}</td><td>ShuffleNetV2 as in torchvision</td>
 *     <td>224×224, 1,000 classes; 32×32, 10 classes</td>
 *     <td>alternating (the authors' blocks), se, srm, drconv, drconv-experts</td></tr>
 * <tr><td>{@code mobilefacenet}</td><td>MobileFaceNet with ArcFace</td>
 *     <td>112×112, 10,575 identities</td><td>drconv-experts</td></tr>
 * </table>
 *
 * <p>Here {@code an-} has the published K (5, 5, 5, 5, 10, 10, 10 in MobileNetV2), and {@code
 * drconv-} and {@code drconv-experts-} replace the 1×1 convolutions of the blocks; in ShuffleNetV2
 * with the blocks and biases of DRConv's authors.
 */
public final class Networks {

  /** A word before a plain network's name, where it fits, and what it changes. */
  private record Prefix(String word, Predicate<ResNet> fits, UnaryOperator<ResNet> change) {}

  private static final List<Prefix> PREFIXES =
      List.of(
          gate("se", net -> new SqueezeExcitation(16, net.stem() != ResNet.Stem.CIFAR)),
          gate("srm", net -> StyleRecalibration.defaults()),
          gate("ge", net -> new GatherExcite(Variant.THETA, 0, true, 16)),
          gate("ge-minus", net -> new GatherExcite(Variant.THETA_MINUS, 0, false, 16)),
          gate("ge-plus", net -> new GatherExcite(Variant.THETA_PLUS, 0, true, 16)),
          gate("eca", net -> EfficientChannelAttention.defaults()),
          gate("cbam", net -> ConvolutionalBlockAttention.defaults()),
          attentive("an", net -> true, net -> List.of(published(net))),
          attentive("an-bn1", net -> !isBasic(net), net -> List.of(NormPlace.BN1)),
          attentive("an-bn2", Networks::isBasic, net -> List.of(NormPlace.BN2)),
          attentive("an-bn3", net -> !isBasic(net), net -> List.of(NormPlace.BN3)),
          attentive("an-all", net -> true, Networks::everywhere),
          new Prefix("sn", net -> true, net -> net.with().norm(SwitchableNorm.defaults()).build()),
          spatial("slim", SameLayerSlim.queryKey(4, 4)),
          spatial("slim-mask", SameLayerSlim.defaults()),
          spatial("drconv", DynamicRegionConv.defaults()),
          spatial("drconv-experts", DynamicRegionConv.ofExperts()),
          spatial("condconv", CondConv.defaults()));

  private static final Map<String, Class<? extends Network>> TYPES =
      Map.of(
          "resnet", ResNet.class,
          "densenet", DenseNet.class,
          "mobilenetv1", MobileNetV1.class,
          "mobilenetv2", MobileNetV2.class,
          "shufflenetv2", ShuffleNetV2.class,
          "mobilefacenet", MobileFaceNet.class);

  private static final Map<String, Preset> PRESETS = presets();

  private Networks() {}

  /**
   * A network with the size of image it was published for.
   *
   * @param name its name
   * @param network its settings
   * @param imageSize rows and columns
   */
  public record Preset(String name, Network network, int imageSize) {}

  /**
   * Returns the network of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Network named(String name) {
    return preset(name).network();
  }

  /**
   * Returns the network of that name with its image size.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Preset preset(String name) {
    Preset preset = PRESETS.get(name);
    if (preset == null) {
      String guess =
          Names.nearest(name, PRESETS.keySet())
              .map(near -> " Did you mean '" + near + "'?")
              .orElse("");
      List<String> plain = plain().stream().map(Preset::name).toList();
      throw new IllegalArgumentException(
          "name: there is no network '"
              + name
              + "'."
              + guess
              + " Known are "
              + String.join(", ", plain)
              + ", each also with "
              + String.join("-, ", PREFIXES.stream().map(Prefix::word).toList())
              + "- before it where the place exists; "
              + String.join(", ", FamilyPresets.all().stream().map(Preset::name).toList())
              + ".");
    }
    return preset;
  }

  /** Returns all names, plain networks before recalibrated ones. */
  public static List<String> names() {
    return List.copyOf(PRESETS.keySet());
  }

  /** Returns the JSON mapper that knows networks and their layers. */
  public static JsonRecords json() {
    return LayerRegistry.json().with(Network.class, TYPES);
  }

  private static Map<String, Preset> presets() {
    List<Preset> plain = plain();
    Map<String, Preset> all = new LinkedHashMap<>();
    plain.forEach(preset -> all.put(preset.name(), preset));
    for (Prefix prefix : PREFIXES) {
      for (Preset preset : plain) {
        ResNet net = (ResNet) preset.network();
        if (prefix.fits().test(net)) {
          String name = prefix.word() + "-" + preset.name();
          all.put(name, new Preset(name, prefix.change().apply(net), preset.imageSize()));
        }
      }
    }
    FamilyPresets.all().forEach(preset -> all.put(preset.name(), preset));
    return Collections.unmodifiableMap(all);
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

  private static NormPlace published(ResNet net) {
    return isBasic(net) ? NormPlace.BN1 : NormPlace.BN2;
  }

  private static List<NormPlace> everywhere(ResNet net) {
    return Arrays.stream(NormPlace.values())
        .filter(place -> !isBasic(net) || place != NormPlace.BN3)
        .toList();
  }

  private static List<Preset> plain() {
    List<Preset> found = new ArrayList<>();
    for (int depth : List.of(18, 34, 50, 101, 152)) {
      found.add(new Preset("resnet" + depth, ResNet.imagenet(depth), 224));
    }
    for (int depth : List.of(50, 101, 152)) {
      ResNetBuilder first = ResNet.imagenet(depth).with().stridePlace(ResNet.StridePlace.FIRST);
      found.add(new Preset("resnet" + depth + "-v1", first.build(), 224));
    }
    for (int depth : List.of(50, 101, 152)) {
      ResNet deep = ResNet.imagenet(depth).with().v1d().build();
      found.add(new Preset("resnet" + depth + "-v1d", deep, 224));
    }
    found.add(resnext(50, 32, 4));
    found.add(resnext(101, 32, 4));
    found.add(resnext(101, 32, 8));
    found.add(resnext(101, 64, 4));
    for (int depth : List.of(20, 32, 56, 110)) {
      found.add(new Preset("resnet" + depth + "-cifar", ResNet.cifar(depth), 32));
    }
    for (int depth : List.of(20, 32, 56, 110)) {
      ResNetBuilder bare = ResNet.cifar(depth).with().shortcut(ResNet.Shortcut.ZERO_PADDING);
      found.add(new Preset("resnet" + depth + "-cifar-a", bare.build(), 32));
    }
    return found;
  }

  private static Preset resnext(int depth, int groups, int groupWidth) {
    ResNet network = ResNet.imagenet(depth).with().groups(groups, groupWidth).build();
    return new Preset("resnext" + depth + "-" + groups + "x" + groupWidth + "d", network, 224);
  }
}
