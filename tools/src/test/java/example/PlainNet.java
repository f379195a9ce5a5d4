package example;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkChecks;
import dev.recal.graphs.network.NetworkFamily;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.NetworkParts;
import dev.recal.graphs.network.NetworkProvider;
import dev.recal.graphs.network.NetworkSettings;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.PresetList;
import dev.recal.graphs.network.PublishedAccuracy;
import dev.recal.graphs.network.RecalibrationPlace;
import dev.recal.graphs.network.SettingsBuilder;
import dev.recal.graphs.network.Stage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.json.Flattened;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Plain networks: stages of 3×3 convolutions, a ResNet of basic blocks without the shortcuts.
 *
 * <p>He et al. 2016, "Deep Residual Learning for Image Recognition" (arXiv 1512.03385), sections
 * 3.3 and 4.2.
 *
 * <p>Scopes: {@code stem}; {@code stage1/layer0/conv}, {@code bn}, {@code recalibration}; {@code
 * head/dense}. Stages: {@code stem}, {@code stage1} to the last.
 *
 * @param repeats convolutions of each stage; each stage after the first halves the map
 * @param channels of the first stage, doubled in each further one
 * @param settings the shared ones: {@code width} scales every count of channels; {@code spatial}
 *     replaces each 3×3; {@code attentive} knows {@code STEM} and {@code BN1}; the recalibration is
 *     before the activation ({@code SPATIAL} and {@code BRANCH_END}) or after it
 */
public record PlainNet(List<Integer> repeats, int channels, @Flattened NetworkSettings settings)
    implements NetworkFamily<PlainNet> {

  /** Rejects invalid settings. */
  public PlainNet {
    NetworkChecks.requirePresent("settings", settings);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    settings.requireAttentive(
        "PlainNet", EnumSet.of(NormPlace.STEM, NormPlace.BN1), repeats.size());
  }

  /** 18 layers for ImageNet. */
  public static PlainNet defaults() {
    return new PlainNet(List.of(4, 4, 4, 4), 64, NetworkSettings.defaults());
  }

  @Override
  public SettingsBuilder<PlainNet, ?> with() {
    return settings.with(changed -> new PlainNet(repeats, channels, changed));
  }

  @Override
  public List<String> papers() {
    return List.of("1512.03385");
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return parts().output(context, stages(context, images));
  }

  @Override
  public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
    NetworkParts parts = parts();
    Map<String, Stage> stages = new LinkedHashMap<>();
    Stage stem = parts.stem(context, images, 7, settings.scaled(channels), false);
    stages.put("stem", stem);
    Stage x = parts.pooled(context, stem);
    for (int i = 0; i < repeats.size(); i++) {
      x = stage(parts, context.at("stage" + (i + 1)), x, i);
      stages.put("stage" + (i + 1), x);
    }
    return stages;
  }

  private NetworkParts parts() {
    return new NetworkParts(settings, Activation.RELU);
  }

  private Stage stage(NetworkParts parts, BuildContext context, Stage input, int stage) {
    int stride = stage == 0 ? 1 : 2;
    int count = settings.scaled(channels << stage);
    Operand<TFloat32> x = input.map();
    for (int i = 0; i < repeats.get(stage); i++) {
      BuildContext layer = context.at("layer" + i);
      Layer convolution = parts.spatial(Conv2d.of(count, 3).stride(i == 0 ? stride : 1));
      x =
          parts
              .unit(layer, "", convolution, settings.norm(NormPlace.BN1, stage))
              .gated(RecalibrationPlace.SPATIAL, RecalibrationPlace.BRANCH_END)
              .activated(x);
      x = parts.recalibrated(layer, RecalibrationPlace.AFTER_ADDITION, x);
    }
    return new Stage(x, stride * input.stride(), count);
  }

  /** The names of plain networks. */
  public static final class Provider implements NetworkProvider {

    @Override
    public String type() {
      return "plain-net";
    }

    @Override
    public Class<? extends Network> network() {
      return PlainNet.class;
    }

    @Override
    public List<Networks.Preset> presets() {
      List<Integer> six = List.of(6, 6, 6);
      PlainNet small = new PlainNet(six, 16, NetworkSettings.cifar());
      PresetList cifar =
          new PresetList(32).add("plain20-cifar", small).gated("plain20-cifar", small);
      return cifar.and(new PresetList(224).add("plain18", defaults())).list();
    }

    @Override
    public List<PublishedAccuracy> published() {
      // Table 2: an error of 27.94 % with ten crops.
      return List.of(PublishedAccuracy.imagenet("plain18", 72.06, "1512.03385"));
    }
  }
}
