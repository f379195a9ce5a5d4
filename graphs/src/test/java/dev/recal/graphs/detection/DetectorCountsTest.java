package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.detection.FeaturePyramid.Top;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.network.Stage;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.norm.AttentiveNorm.Attention;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.GroupNorm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Parameters and multiply-adds of the published networks, exactly. */
class DetectorCountsTest {

  private static final ResNet R50 = ResNet.imagenet(50);
  private static final ResNet R101 = ResNet.imagenet(101);
  private static final BoxHead CONVOLUTIONAL = BoxHead.convolutional();
  private static final BoxHead GROUPED = CONVOLUTIONAL.norm(GroupNorm.defaults());

  private static ResNet attentive(ResNet net) {
    return net.with().attentive(AttentivePlaces.defaults()).build();
  }

  // Each with its parameters with 81-way heads, and with 80-way ones.
  static Stream<Arguments> published() {
    return Stream.of(
        Arguments.of(MaskRcnn.defaults(), 44_400_693L, 44_396_336L),
        Arguments.of(MaskRcnn.of(R50, CONVOLUTIONAL), 45_711_413L, 45_707_056L),
        Arguments.of(MaskRcnn.normalised(R50, GROUPED), 45_715_509L, 45_711_152L),
        Arguments.of(MaskRcnn.of(attentive(R50), CONVOLUTIONAL), 45_909_801L, 45_905_444L),
        Arguments.of(
            MaskRcnn.normalised(attentive(R50), BoxHead.attentive()), 45_957_989L, 45_953_632L),
        Arguments.of(MaskRcnn.of(R101, CONVOLUTIONAL), 64_703_541L, 64_699_184L),
        Arguments.of(MaskRcnn.of(attentive(R101), CONVOLUTIONAL), 65_155_025L, 65_150_668L),
        Arguments.of(
            MaskRcnn.normalised(attentive(R101), BoxHead.attentive()), 65_203_213L, 65_198_856L),
        Arguments.of(MaskRcnn.cascade(R50), 77_325_377L, 77_324_606L),
        Arguments.of(MaskRcnn.cascade(R101), 96_317_505L, 96_316_734L),
        Arguments.of(MaskRcnn.cascade(attentive(R101)), 96_768_989L, 96_768_218L));
  }

  // The rows share four bodies, whose graphs take most of the time: each is built once, and the
  // other parts on maps of the same shapes.
  @ParameterizedTest
  @MethodSource("published")
  void countsMaskRcnn(MaskRcnn net, long withBackground, long without) {
    MaskRcnn bare = net.backbone(new Maps(1));
    long body = BODIES.computeIfAbsent(net.backbone(), DetectorCountsTest::body);
    try (DetectorGraph legacy = DetectorGraph.small(bare);
        DetectorGraph plain = DetectorGraph.small(bare.conventions(Conventions.PLAIN))) {
      assertThat(body + legacy.store.parameters()).isEqualTo(withBackground);
      assertThat(body + plain.store.parameters()).isEqualTo(without);
    }
  }

  private static final Map<Network, Long> BODIES = new HashMap<>();

  private static long body(Network net) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 0);
      var images =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 64, 64, 3)));
      net.stages(BuildContext.of(store, Tower.serving()), images);
      return store.parameters();
    }
  }

  /** The stages of ResNet-50 and deeper ones, without variables. */
  private record Maps(int classes) implements Network {

    @Override
    public Map<String, Stage> stages(BuildContext context, Operand<TFloat32> images) {
      Map<String, Stage> stages = new LinkedHashMap<>();
      for (int stride = 4; stride <= 32; stride *= 2) {
        int[] shape = {1, 64 / stride, 64 / stride, 64 * stride};
        Operand<TFloat32> map = context.tf().zeros(context.tf().constant(shape), TFloat32.class);
        stages.put("stage" + stages.size(), new Stage(map, stride, 64 * stride));
      }
      return stages;
    }

    @Override
    public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Network withClasses(int count) {
      return new Maps(count);
    }
  }

  @Test
  void countsPartsOfPlainNetworks() {
    MaskRcnn bare = MaskRcnn.defaults().backbone(new Maps(1));
    try (DetectorGraph net = DetectorGraph.small(MaskRcnn.defaults());
        DetectorGraph plain = DetectorGraph.small(bare.conventions(Conventions.PLAIN));
        DetectorGraph cascade = DetectorGraph.small(MaskRcnn.cascade(new Maps(1)))) {
      assertThat(net.store.parameters()).isEqualTo(44_400_693);
      assertThat(net.parameters("backbone/")).isEqualTo(23_508_032);
      assertThat(body(R101)).isEqualTo(42_500_160);
      assertThat(net.parameters("fpn/lateral")).isEqualTo(984_064);
      assertThat(net.parameters("fpn/output")).isEqualTo(2_360_320);
      assertThat(net.parameters("rpn/")).isEqualTo(593_935);
      assertThat(net.parameters("box/fc")).isEqualTo(13_895_680);
      assertThat(net.parameters("box/classes")).isEqualTo(83_025);
      assertThat(net.parameters("box/boxes")).isEqualTo(332_100);
      assertThat(plain.parameters("box/boxes")).isEqualTo(328_000);
      assertThat(cascade.parameters("box3/boxes")).isEqualTo(4_100);
      assertThat(net.parameters("mask/conv")).isEqualTo(2_360_320);
      assertThat(net.parameters("mask/deconv")).isEqualTo(262_400);
      assertThat(net.parameters("mask/classes")).isEqualTo(20_817);
      assertThat(plain.parameters("mask/classes")).isEqualTo(20_560);
    }
  }

  @Test
  void countsPartsOfNormalisedNetworks() {
    Maps maps = new Maps(1);
    BoxHead other = CONVOLUTIONAL.norms(BoxHead.attentive(Attention.GN_HSIGMOID));
    try (DetectorGraph plain = DetectorGraph.small(MaskRcnn.of(maps, CONVOLUTIONAL));
        DetectorGraph net = DetectorGraph.small(MaskRcnn.normalised(maps, GROUPED));
        DetectorGraph attentive =
            DetectorGraph.small(MaskRcnn.normalised(maps, BoxHead.attentive()));
        DetectorGraph normed = DetectorGraph.small(MaskRcnn.normalised(maps, other))) {
      String[] head = {"box/conv", "box/bn", "box/fc"};
      assertThat(plain.parameters(head)).isEqualTo(15_206_400);
      assertThat(net.parameters(head)).isEqualTo(15_207_424);
      assertThat(attentive.parameters(head)).isEqualTo(15_207_424 + 44_092);
      assertThat(normed.parameters(head)).isEqualTo(15_207_424 + 44_152);
      assertThat(net.parameters("fpn/")).isEqualTo(3_346_432);
      assertThat(net.parameters("mask/conv", "mask/bn")).isEqualTo(2_361_344);
      assertThat(net.parameters("rpn/")).isEqualTo(593_935);
    }
  }

  @Test
  void countsTorchvisionsMaskRcnn() {
    BatchNorm norm = BatchNorm.defaults();
    MaskRcnn second =
        new MaskRcnn(
            Conventions.TORCHVISION,
            80,
            R50,
            FeaturePyramid.defaults().norm(norm),
            new ProposalHead(256, 2),
            List.of(
                RegionStage.of(
                    CONVOLUTIONAL.norm(norm), Optional.of(MaskHead.defaults().norm(norm)))));
    try (DetectorGraph net =
            DetectorGraph.small(MaskRcnn.defaults().conventions(Conventions.TORCHVISION));
        DetectorGraph newer = DetectorGraph.small(second)) {
      assertThat(net.store.parameters()).isEqualTo(44_400_693);
      assertThat(newer.store.parameters()).isEqualTo(46_305_589);
    }
  }

  private static RetinaNet torchvision(FeaturePyramid pyramid, RetinaHead head) {
    return new RetinaNet(Conventions.TORCHVISION, 81, R50, pyramid, head);
  }

  @Test
  void countsRetinaNet() {
    FeaturePyramid pyramid = FeaturePyramid.retina();
    RetinaHead head = RetinaHead.defaults();
    RetinaNet first = torchvision(pyramid.top(Top.OF_OUTPUT, true), head);
    RetinaNet second =
        torchvision(pyramid.top(Top.OF_INPUT, true), head.norm(GroupNorm.defaults()));
    try (DetectorGraph net = DetectorGraph.small(RetinaNet.defaults());
        DetectorGraph older = DetectorGraph.small(first);
        DetectorGraph newer = DetectorGraph.small(second)) {
      assertThat(net.store.parameters()).isEqualTo(37_968_692);
      assertThat(net.parameters("fpn/")).isEqualTo(7_997_440);
      assertThat(net.parameters("retina/")).isEqualTo(6_463_220);
      assertThat(older.store.parameters()).isEqualTo(33_860_669);
      assertThat(newer.store.parameters()).isEqualTo(37_991_485);
    }
  }

  @Test
  void countsMultiplyAddsAndAnchorsOfALargeImage() {
    Shape image = Shape.of(1, 800, 1344, 3);
    try (DetectorGraph net = new DetectorGraph(MaskRcnn.defaults(), Tower.serving(), image, 1);
        DetectorGraph other = DetectorGraph.small(MaskRcnn.of(new Maps(1), CONVOLUTIONAL))) {
      assertThat(net.macs("backbone/") / 1e9).isCloseTo(87.58, within(0.005));
      assertThat(net.macs("fpn/") / 1e9).isCloseTo(60.90, within(0.005));
      assertThat(net.macs("rpn/") / 1e9).isCloseTo(53.15, within(0.005));
      assertThat(net.macs("box/") / 1e6).isCloseTo(14.3, within(0.05));
      assertThat(other.macs("box/") / 1e6).isCloseTo(128.9, within(0.05));
      assertThat(net.macs("mask/") / 1e6).isCloseTo(530.1, within(0.05));
      assertThat(net.anchors.stream().mapToLong(level -> level.deltas().shape().get(1)).sum())
          .isEqualTo(268_569);
    }
  }
}
