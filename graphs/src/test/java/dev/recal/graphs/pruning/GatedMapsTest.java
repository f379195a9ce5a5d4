package dev.recal.graphs.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.AndOrNet;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.DenseNet;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.graphs.network.MobileNetV1;
import dev.recal.graphs.network.MobileNetV2;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.RecalibrationPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.network.ShuffleNetV2;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

class GatedMapsTest {

  private static final int SIZE = 16;
  private static final int IMAGES = 2;

  /** A gate whose result is recorded. */
  private record RecordingGate(Layer gate) implements Layer {
    @Override
    public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
      Operand<TFloat32> y = gate.build(context.at("inner"), x);
      context.publish("map", y);
      return y;
    }
  }

  /** Replaces a gate that is 0 everywhere. */
  private record ClosedGate() implements Layer {
    @Override
    public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
      return context.tf().zerosLike(x);
    }
  }

  private static final Layer SE = new SqueezeExcitation(4);

  private static ResNet.Builder resNet() {
    return ResNet.cifar(8).with().classes(3);
  }

  private static ResNet with(Layer gate) {
    return resNet().recalibration(new RecordingGate(gate)).build();
  }

  static Stream<Arguments> networks() {
    RecordingGate probe = new RecordingGate(SE);
    AttentivePlaces attentive = AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 3, 2));
    GatherExcite.Variant minus = GatherExcite.Variant.THETA_MINUS;
    List<InvertedStage> stages = List.of(new InvertedStage(2, 8, 2, 2));
    ResNet.Builder bottlenecks = resNet().block(ResNet.Block.BOTTLENECK, List.of(1, 1));
    return Stream.of(
        Arguments.of("bn2", "conv2", with(SE)),
        Arguments.of("bn2", "conv2", with(StyleRecalibration.defaults())),
        Arguments.of("bn2", "conv2", with(EfficientChannelAttention.defaults())),
        Arguments.of("bn2", "conv2", with(ConvolutionalBlockAttention.defaults())),
        Arguments.of("bn2", "conv2", with(GatherExcite.defaults())),
        Arguments.of("bn2", "conv2", with(new GatherExcite(minus, 0, false, 16))),
        Arguments.of("bn2", "conv2", with(new GatherExcite(minus, 2, false, 16))),
        Arguments.of(
            "bn2", "conv2", resNet().norm(new GroupNorm(4, 1e-5f, 1)).recalibration(probe).build()),
        Arguments.of(
            "bn2", "conv2", resNet().norm(SwitchableNorm.defaults()).recalibration(probe).build()),
        Arguments.of("bn2", "conv2", resNet().attentive(attentive).recalibration(probe).build()),
        Arguments.of("bn3", "conv3", bottlenecks.recalibration(probe).build()),
        Arguments.of("bn2", "conv2", bottlenecks.place(RecalibrationPlace.SPATIAL).build()),
        Arguments.of(
            "bn2",
            "conv2",
            MobileNetV2.defaults()
                .with()
                .stages(stages)
                .channels(8, 16)
                .recalibration(probe)
                .place(RecalibrationPlace.SPATIAL)
                .classes(3)
                .build()),
        Arguments.of(
            "bn2",
            "conv2",
            MobileNetV1.defaults()
                .with()
                .repeats(List.of(1, 1))
                .channels(8)
                .recalibration(probe)
                .place(RecalibrationPlace.AFTER_ADDITION)
                .classes(3)
                .build()),
        Arguments.of(
            "bn2",
            "conv2",
            MobileFaceNet.defaults()
                .with()
                .stages(stages)
                .channels(8, 16)
                .embedding(8)
                .recalibration(probe)
                .place(RecalibrationPlace.SPATIAL)
                .classes(3)
                .build()),
        Arguments.of(
            "bn3",
            "conv3",
            ShuffleNetV2.defaults()
                .with()
                .stages(List.of(16), List.of(2))
                .channels(8, 16)
                .recalibration(probe)
                .place(RecalibrationPlace.BRANCH_END)
                .classes(3)
                .build()),
        Arguments.of(
            "bn3",
            "conv3",
            AndOrNet.cifar()
                .with()
                .stages(List.of(16), List.of(1))
                .recalibration(probe)
                .classes(3)
                .build()),
        Arguments.of(
            "conv2",
            "conv2",
            DenseNet.imagenet(121)
                .with()
                .repeats(List.of(2))
                .growth(8, 2)
                .channels(16)
                .recalibration(probe)
                .place(RecalibrationPlace.BRANCH_END)
                .classes(3)
                .build()));
  }

  /** A network in a separate graph, with initial values derived from the variables' names. */
  private static final class BuiltNetwork implements AutoCloseable {
    final Graph graph = new Graph();
    final VariableStore store = new VariableStore(graph, 5);
    final BuildContext context = BuildContext.of(store, Tower.inference());
    final Operand<TFloat32> logits;
    final Session session;
    final GatedMaps maps;

    BuiltNetwork(Network network) {
      SplittableRandom random = new SplittableRandom(7);
      float[] pixels = new float[IMAGES * SIZE * SIZE * 3];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) random.nextDouble();
      }
      Operand<TFloat32> images =
          context.tf().constant(Shape.of(IMAGES, SIZE, SIZE, 3), DataBuffers.of(pixels));
      logits = network.build(context, images).logits();
      session = new Session(graph);
      store.initialize(session);
      maps = GatedMaps.of(context);
      maps.prunable().forEach(map -> zero(map));
    }

    float[] values(Operand<TFloat32> operand) {
      try (var result = session.runner().fetch(operand).run()) {
        float[] values = new float[(int) result.get(0).shape().size()];
        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(values));
        return values;
      }
    }

    /** Gives a map's variables random values, and 0 for some channels. */
    void zero(GatedMap map, int... channels) {
      Map<String, float[]> zeroed = new HashMap<>();
      for (String name : map.variables()) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        float[] values = new float[(int) store.find(name).orElseThrow().size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        for (int row = 0; row < values.length; row += map.channels()) {
          for (int channel : channels) {
            values[row + channel] = 0;
          }
        }
        zeroed.put(name, values);
      }
      store.assign(session, zeroed);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aPrunedChannelIsExactlyZero(String place, String convolution, Network network) {
    try (BuiltNetwork built = new BuiltNetwork(network)) {
      GatedMaps maps = built.maps;
      long probes =
          built.context.published().keySet().stream().filter(name -> name.endsWith("/map")).count();
      assertThat(maps.prunable()).hasSize((int) probes);
      assertThat(maps.others()).isEmpty();
      maps.prunable().forEach(map -> built.zero(map, 0, map.channels() - 1));
      for (GatedMap map : maps.prunable()) {
        String block = map.gate().substring(0, map.gate().indexOf("/recalibration/"));
        assertThat(map.variables())
            .isNotEmpty()
            .allMatch(name -> name.startsWith(block + "/" + place + "/"));
        assertThat(map.convolution()).contains(block + "/" + convolution);
        @SuppressWarnings("unchecked")
        Operand<TFloat32> y =
            (Operand<TFloat32>) built.context.published().get(block + "/recalibration/map");
        float[] values = built.values(y);
        int others = 0;
        for (int i = 0; i < values.length; i++) {
          int channel = i % map.channels();
          if (channel == 0 || channel == map.channels() - 1) {
            assertThat(values[i]).as(map.gate()).isEqualTo(0f);
          } else {
            others += values[i] == 0 ? 0 : 1;
          }
        }
        assertThat(others).as("values of the channels that stay").isPositive();
      }
    }
  }

  @Test
  void pruningEverythingLeavesTheShortcuts() {
    Map<String, float[]> logits = new LinkedHashMap<>();
    try (BuiltNetwork gated = new BuiltNetwork(with(SE));
        BuiltNetwork cut = new BuiltNetwork(resNet().recalibration(new ClosedGate()).build())) {
      logits.put("whole", gated.values(gated.logits));
      for (GatedMap map : gated.maps.prunable()) {
        gated.zero(map, IntStream.range(0, map.channels()).toArray());
      }
      logits.put("pruned", gated.values(gated.logits));
      logits.put("cut", cut.values(cut.logits));
    }
    assertThat(logits.get("pruned")).containsExactly(logits.get("cut"));
    assertThat(logits.get("pruned")).isNotEqualTo(logits.get("whole"));
  }

  @Test
  void ignoresGatesAfterAddition() {
    Network network = resNet().recalibration(SE).place(RecalibrationPlace.AFTER_ADDITION).build();
    try (BuiltNetwork built = new BuiltNetwork(network)) {
      GatedMaps maps = built.maps;
      assertThat(maps.prunable()).isEmpty();
      assertThat(maps.others()).hasSize(3).contains("stage1/block0/recalibration/gate");
    }
  }
}
