package dev.recal.graphs.network;

import dev.recal.ops.Layer;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.json.Names;
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

/**
 * The networks by name.
 *
 * <table>
 * <caption>Names; each may be preceded by a recalibration or an attentive norm.</caption>
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
 * Attentive norms, with 10, 10, 20 and 20 components a stage: {@code an-} (at the published place:
 * bn2 of bottlenecks, bn1 of basic blocks), {@code an-bn3-} (of bottlenecks), {@code an-all-}
 * (every norm). Spatial convolution: {@code slim-} (query-key SLIM with 4 groups and reduction 4;
 * not with ResNeXt). For example {@code srm-resnet50}, {@code se-resnet20-cifar} or {@code
 * an-resnet50}.
 */
public final class Networks {

  private static final List<String> RECALIBRATIONS =
      List.of("se", "srm", "ge", "ge-minus", "ge-plus", "eca", "cbam");
  private static final List<String> ATTENTIVE = List.of("an", "an-bn3", "an-all");

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
              + String.join("-, ", RECALIBRATIONS)
              + "-, "
              + String.join("-, ", ATTENTIVE)
              + "-, slim- before it.");
    }
    return preset;
  }

  /** Returns all names, plain networks before recalibrated ones. */
  public static List<String> names() {
    return List.copyOf(PRESETS.keySet());
  }

  /** Returns the JSON mapper that knows networks and their layers. */
  public static JsonRecords json() {
    return LayerRegistry.json().with(Network.class, Map.of("resnet", ResNet.class));
  }

  private static Map<String, Preset> presets() {
    List<Preset> plain = plain();
    Map<String, Preset> all = new LinkedHashMap<>();
    plain.forEach(preset -> all.put(preset.name(), preset));
    for (String word : RECALIBRATIONS) {
      for (Preset preset : plain) {
        ResNet net = (ResNet) preset.network();
        ResNet gated = net.with().recalibration(recalibration(word, net)).build();
        String name = word + "-" + preset.name();
        all.put(name, new Preset(name, gated, preset.imageSize()));
      }
    }
    for (String word : ATTENTIVE) {
      for (Preset preset : plain) {
        ResNet net = (ResNet) preset.network();
        if (net.block() == ResNet.Block.BASIC && word.equals("an-bn3")) {
          continue;
        }
        ResNet attentive = net.with().attentive(attentive(word, net)).build();
        String name = word + "-" + preset.name();
        all.put(name, new Preset(name, attentive, preset.imageSize()));
      }
    }
    for (Preset preset : plain) {
      ResNet net = (ResNet) preset.network();
      if (net.groups() == 1) {
        ResNet slim = net.with().spatial(SameLayerSlim.queryKey(4, 4)).build();
        String name = "slim-" + preset.name();
        all.put(name, new Preset(name, slim, preset.imageSize()));
      }
    }
    return Collections.unmodifiableMap(all);
  }

  private static Layer recalibration(String word, ResNet net) {
    return switch (word) {
      case "se" -> new SqueezeExcitation(16, net.stem() != ResNet.Stem.CIFAR);
      case "srm" -> StyleRecalibration.defaults();
      case "ge" -> new GatherExcite(Variant.THETA, 0, true, 16);
      case "ge-minus" -> new GatherExcite(Variant.THETA_MINUS, 0, false, 16);
      case "ge-plus" -> new GatherExcite(Variant.THETA_PLUS, 0, true, 16);
      case "eca" -> EfficientChannelAttention.defaults();
      case "cbam" -> ConvolutionalBlockAttention.defaults();
      default -> throw new IllegalStateException(word);
    };
  }

  private static AttentivePlaces attentive(String word, ResNet net) {
    boolean basic = net.block() == ResNet.Block.BASIC;
    AttentivePlaces places =
        switch (word) {
          case "an" -> AttentivePlaces.at(basic ? NormPlace.BN1 : NormPlace.BN2);
          case "an-bn3" -> AttentivePlaces.at(NormPlace.BN3);
          case "an-all" ->
              AttentivePlaces.at(
                  Arrays.stream(NormPlace.values())
                      .filter(place -> !basic || place != NormPlace.BN3)
                      .toArray(NormPlace[]::new));
          default -> throw new IllegalStateException(word);
        };
    return places.components(places.components().subList(0, net.repeats().size()));
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
