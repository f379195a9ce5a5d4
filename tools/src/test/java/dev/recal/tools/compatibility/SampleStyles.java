package dev.recal.tools.compatibility;

import dev.recal.graphs.features.RandomLossNetwork;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.ArbitraryStyleServable;
import dev.recal.graphs.style.DecoderLevel;
import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.StyleTransformer;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Graph;

/** Style networks, as small as possible, and the lab's inputs for their signatures. */
final class SampleStyles {

  private static final int WIDTH = 4;
  private static final int REDUCTION = 4;
  private static final long SEED = 3;

  // The sides of the second image are not multiples of a network's stride.
  private static final int[] EVEN = {2, 40, 52};
  private static final int[] ODD = {1, 35, 50};

  private static final String FILES = "image_bytes";

  private SampleStyles() {}

  /** Returns functions that build a network into an empty graph, by the network's title. */
  static Map<String, Function<Graph, Servable>> all() {
    Map<String, Function<Graph, Servable>> all = new LinkedHashMap<>();
    all.put("Style IN", of(StyleVariant.PYTORCH, StyleNorm.IN));
    all.put("Style BN+SRM", of(StyleVariant.PYTORCH, StyleNorm.BN_SRM));
    StyleTransformer gated =
        new StyleTransformer(
            StyleVariant.JOHNSON,
            WIDTH,
            1,
            StyleNorm.BN_SE.norm(),
            Optional.of(new SqueezeExcitation(REDUCTION)));
    all.put("Style BN+SE Johnson", graph -> StyleServable.build(graph, gated, SEED));
    all.put("Arbitrary style", SampleStyles::arbitrary);
    return all;
  }

  private static Function<Graph, Servable> of(StyleVariant variant, StyleNorm norm) {
    StyleTransformer network =
        new StyleTransformer(variant, WIDTH, 1, norm.norm(), norm.recalibration());
    return graph -> StyleServable.build(graph, network, SEED);
  }

  private static Servable arbitrary(Graph graph) {
    List<DecoderLevel> levels = List.of(level(8), level(8, WIDTH), level(WIDTH), level(WIDTH, 3));
    try (RandomLossNetwork encoder = new RandomLossNetwork(SEED)) {
      return ArbitraryStyleServable.build(
          graph, new ArbitraryStyle("relu3_3", levels), encoder, SEED);
    }
  }

  private static DecoderLevel level(Integer... channels) {
    return new DecoderLevel(List.of(channels));
  }

  /**
   * Returns the share of a random value that a variable takes: such that most pixels are neither
   * black nor white.
   */
  static float share(String variable) {
    return switch (variable) {
      // Its inputs are from 0 to 255, which stored statistics of 0 and 1 do not normalise.
      case "down0/conv/kernel" -> 3e-3f;
      case "output/conv/kernel" -> 20;
      case "decoder/level0/conv0/kernel" -> 0.01f;
      default -> 1;
    };
  }

  /** Returns whether a signature is one of a style network. */
  static boolean known(ServableSignature signature) {
    return signature.outputs().keySet().stream().anyMatch(name -> name.startsWith("stylized"));
  }

  /** Returns the inputs of the calls of a signature. */
  static List<Map<String, TensorValue>> of(ServableSignature signature) {
    Set<String> names = signature.inputs().keySet();
    if (names.equals(Set.of(FILES))) {
      return SampleInputs.files().stream()
          .map(file -> Map.of(FILES, TensorValue.ofBytes(List.of(file))))
          .toList();
    }
    return List.of(inputs(names, EVEN, 1), inputs(names, ODD, 0.5f));
  }

  private static Map<String, TensorValue> inputs(Set<String> names, int[] size, float strength) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    inputs.put(StyleServable.IMAGES, SampleInputs.images(size[0], size[1], size[2]));
    if (names.contains(ArbitraryStyleServable.STYLES)) {
      // Of another size than the images.
      inputs.put(ArbitraryStyleServable.STYLES, SampleInputs.images(size[0], 24, 31));
      inputs.put(
          ArbitraryStyleServable.STRENGTH, TensorValue.of(new float[] {strength}, new long[0]));
    }
    return inputs;
  }
}
