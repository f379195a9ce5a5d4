package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.InstanceNorm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class ResNetTest {

  private static final ResNet TINY = ResNet.cifar(8);

  private static ResNet.Builder bottleneck() {
    return TINY.with().block(ResNet.Block.BOTTLENECK, List.of(1, 2)).channels(8);
  }

  @Test
  void namesStagesWithTheirStridesAndChannels() {
    try (Towers towers = new Towers(ResNet.imagenet(50), Tower.serving(), Shape.of(1, 64, 96, 3))) {
      assertThat(towers.output.logits().shape()).isEqualTo(Shape.of(1, 1000));
      Map<String, Stage> stages = towers.output.stages();
      assertThat(stages.keySet()).containsExactly("stem", "stage1", "stage2", "stage3", "stage4");
      assertThat(stages.values().stream().map(Stage::channels))
          .containsExactly(64, 256, 512, 1024, 2048);
      assertThat(stages.values().stream().map(Stage::stride)).containsExactly(2, 4, 8, 16, 32);
      stages
          .values()
          .forEach(
              stage ->
                  assertThat(stage.map().shape())
                      .isEqualTo(
                          Shape.of(1, 64 / stage.stride(), 96 / stage.stride(), stage.channels())));
    }
  }

  @Test
  void namesVariablesByTheirScope() {
    ResNet net = bottleneck().recalibration(StyleRecalibration.defaults()).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 8, 8, 3))) {
      List<String> names = towers.store.all().stream().map(Variable::name).toList();
      assertThat(names)
          .contains(
              "stem/conv/kernel",
              "stem/bn/moving_variance",
              "stage1/block0/conv1/kernel",
              "stage1/block0/bn3/gamma",
              "stage1/block0/shortcut/conv/kernel",
              "stage1/block0/shortcut/bn/beta",
              "stage2/block1/recalibration/cfc",
              "stage2/block1/recalibration/bn/moving_mean",
              "head/dense/kernel",
              "head/dense/bias")
          .doesNotContain("stage2/block1/shortcut/conv/kernel");
    }
  }

  static List<ResNet> settings() {
    List<ResNet> nets = new ArrayList<>();
    nets.add(TINY);
    nets.add(TINY.with().shortcut(ResNet.Shortcut.ZERO_PADDING).build());
    nets.add(TINY.with().width(0.5).dropout(0.3f).build());
    nets.add(TINY.with().norm(new GroupNorm(4, 1e-5f, 1f)).zeroInitialised(true).build());
    nets.add(TINY.with().norm(InstanceNorm.defaults()).build());
    nets.add(bottleneck().v1d().build());
    nets.add(bottleneck().stem(Stem.IMAGENET).build());
    nets.add(bottleneck().stridePlace(ResNet.StridePlace.FIRST).build());
    nets.add(bottleneck().channels(16).groups(4, 16).build());
    nets.add(TINY.with().norm(SwitchableNorm.defaults()).build());
    nets.add(TINY.with().norm(AttentiveNorm.defaults()).zeroInitialised(true).build());
    AttentiveNorm grouped = AttentiveNorm.defaults().groups(4);
    AttentivePlaces everywhere = AttentivePlaces.at(NormPlace.values()).norm(grouped);
    nets.add(bottleneck().attentive(everywhere.components(List.of(2, 3))).build());
    AttentivePlaces second = AttentivePlaces.defaults().components(List.of(2, 3));
    nets.add(bottleneck().attentive(second).build());
    SameLayerSlim styles = new SameLayerSlim(SameLayerSlim.Form.STYLE_MASK, 4, 2, 2, 1);
    for (SpatialLayer layer :
        List.of(
            styles,
            SameLayerSlim.queryKey(4, 4),
            CondConv.defaults(),
            DynamicRegionConv.defaults())) {
      nets.add(bottleneck().spatial(layer).build());
      nets.add(TINY.with().spatial(layer).build());
    }
    for (RecalibrationPlace place : RecalibrationPlace.values()) {
      nets.add(bottleneck().recalibration(new SqueezeExcitation(4)).place(place).build());
      nets.add(bottleneck().recalibration(StyleRecalibration.paper()).place(place).build());
      nets.add(TINY.with().recalibration(GatherExcite.defaults()).place(place).build());
    }
    return nets;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void trainsWithEverySettingOnOddMap(ResNet net) {
    try (Towers towers = new Towers(net, Tower.training(), Shape.of(2, 19, 15, 3))) {
      Ops tf = towers.context.tf();
      Operand<TFloat32> logits = towers.output.logits();
      assertThat(logits.shape()).isEqualTo(Shape.of(2, 10));
      Operand<TFloat32> loss = tf.math.mean(tf.math.square(logits), tf.constant(new int[] {0, 1}));
      List<Operand<TFloat32>> weights =
          towers.store.trainable().stream().map(Variable::read).toList();
      List<float[]> gradients = towers.run(Gradients.of(loss, weights));
      for (int i = 0; i < gradients.size(); i++) {
        String name = towers.store.trainable().get(i).name();
        for (float value : gradients.get(i)) {
          assertThat(value).as(name).isFinite();
        }
      }
      assertThat(sumOfSquares(gradients.get(0))).as("the stem's gradient").isPositive();
    }
  }

  private static double sumOfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void roundTripsThroughJson(ResNet net) {
    var json = Networks.json().write(net, Network.class);
    assertThat(Networks.json().read(json, Network.class)).isEqualTo(net);
  }

  @Test
  void everyNamedNetworkRoundTripsThroughJson() {
    for (String name : Networks.names()) {
      Network network = Networks.named(name);
      var json = Networks.json().write(network, Network.class);
      assertThat(Networks.json().read(json, Network.class)).as(name).isEqualTo(network);
    }
  }

  @Test
  void zeroInitialisedBranchesStartAsTheIdentity() {
    ResNet net =
        TINY.with()
            .block(ResNet.Block.BASIC, List.of(2))
            .zeroInitialised(true)
            .normalization(ImageNormalization.imagenet())
            .build();
    try (Towers towers = new Towers(net, Tower.training(), Shape.of(2, 8, 8, 3))) {
      float[] stem = towers.run(towers.output.stages().get("stem").map());
      assertThat(towers.run(towers.output.stages().get("stage1").map())).isEqualTo(stem);
    }
  }

  @Test
  void zeroPaddedShortcutSubsamplesAndPads() {
    ResNet net =
        TINY.with()
            .block(ResNet.Block.BASIC, List.of(1, 1))
            .shortcut(ResNet.Shortcut.ZERO_PADDING)
            .channels(2)
            .zeroInitialised(true)
            .build();
    try (Towers towers = new Towers(net, Tower.training(), Shape.of(1, 3, 3, 3))) {
      float[] fine = towers.run(towers.output.stages().get("stage1").map());
      float[] coarse = towers.run(towers.output.stages().get("stage2").map());
      assertThat(coarse).hasSize(2 * 2 * 4);
      for (int row = 0; row < 2; row++) {
        for (int column = 0; column < 2; column++) {
          int from = (2 * row * 3 + 2 * column) * 2;
          int to = (row * 2 + column) * 4;
          assertThat(coarse[to]).isZero();
          assertThat(coarse[to + 1]).isEqualTo(fine[from]);
          assertThat(coarse[to + 2]).isEqualTo(fine[from + 1]);
          assertThat(coarse[to + 3]).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RecalibrationPlace.class)
  void recalibratesAtItsPlace(RecalibrationPlace place) {
    ResNet net = bottleneck().recalibration(SqueezeExcitation.defaults()).place(place).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 8, 8, 3))) {
      int channels = place == RecalibrationPlace.SPATIAL ? 8 : 32;
      assertThat(towers.context.published().get("stage1/block0/recalibration/gate").shape())
          .isEqualTo(Shape.of(1, channels));
      Operand<TFloat32> map = towers.output.stages().get("stage1").map();
      assertThat(map.op().type())
          .isEqualTo(place == RecalibrationPlace.AFTER_ADDITION ? "Mul" : "Relu");
    }
  }

  @Test
  void placesAttentiveNormsWithTheComponentsOfTheStage() {
    AttentivePlaces places =
        AttentivePlaces.at(NormPlace.BN2, NormPlace.SHORTCUT).components(List.of(3, 4));
    ResNet net = bottleneck().attentive(places).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 8, 8, 3))) {
      List<String> attentive =
          towers.store.trainable().stream()
              .filter(variable -> variable.name().endsWith("gamma"))
              .filter(variable -> variable.shape().numDimensions() == 2)
              .map(Variable::toString)
              .toList();
      assertThat(attentive)
          .containsExactlyInAnyOrder(
              "stage1/block0/bn2/gamma[3, 8]",
              "stage1/block0/shortcut/bn/gamma[3, 32]",
              "stage2/block0/bn2/gamma[4, 16]",
              "stage2/block0/shortcut/bn/gamma[4, 64]",
              "stage2/block1/bn2/gamma[4, 16]");
      assertThat(towers.context.published()).containsKey("stage2/block1/bn2/attention");
    }
  }

  @Test
  void rejectsAttentiveNormsInUnsupportedNetworks() {
    AttentivePlaces third = AttentivePlaces.at(NormPlace.BN3);
    assertThatThrownBy(() -> ResNet.imagenet(18).with().attentive(third).build())
        .hasMessage(
            "places: expected some of [STEM, BN1, BN2, SHORTCUT] in a ResNet of basic blocks, but"
                + " got [BN3].");
    assertThatThrownBy(() -> TINY.with().attentive(AttentivePlaces.defaults()).build())
        .hasMessage("components: expected one for each of the 3 stages, but got [10, 10, 20, 20].");
    assertThatThrownBy(() -> third.components(List.of(10, 1)))
        .hasMessage("components: expected at least 2 in each stage, but got [10, 1].");
    assertThatThrownBy(() -> AttentivePlaces.at(NormPlace.BN1, NormPlace.BN1))
        .hasMessageContaining("places");
  }

  @Test
  void normalisesColoursInside() {
    ImageNormalization colours =
        new ImageNormalization(List.of(0.5f, 0.25f, 0f), List.of(0.5f, 0.25f, 2f));
    try (Towers towers = new Towers(TINY, Tower.serving(), Shape.of(1, 2, 2, 3))) {
      float[] images = towers.run(towers.images);
      float[] normal = towers.run(colours.apply(towers.context.tf(), towers.images));
      for (int i = 0; i < images.length; i += 3) {
        assertThat(normal[i]).isEqualTo((images[i] - 0.5f) / 0.5f);
        assertThat(normal[i + 1]).isEqualTo((images[i + 1] - 0.25f) / 0.25f);
        assertThat(normal[i + 2]).isEqualTo(images[i + 2] / 2f);
      }
    }
  }

  @Test
  void scalesEveryWidthToAMultipleOfEight() {
    ResNet net = ResNet.imagenet(18).with().width(0.3).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 32, 32, 3))) {
      assertThat(towers.output.stages().values().stream().map(Stage::channels))
          .containsExactly(16, 16, 40, 80, 152);
    }
  }

  @Test
  void supportsOtherClassesAndDynamicSizes() {
    ResNet net = TINY.withClasses(3);
    assertThat(net.classes()).isEqualTo(3);
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(2, 9, 9, 3))) {
      Ops tf = towers.context.tf();
      var size = Placeholder.shape(Shape.of(-1, -1, -1, 3));
      var any = tf.placeholder(TFloat32.class, size);
      var second = BuildContext.of(towers.store, Tower.serving().named("second"));
      Operand<TFloat32> logits = net.build(second, any).logits();
      float[] expected = towers.run(towers.output.logits());
      try (var fed = TFloat32.tensorOf(Shape.of(2, 9, 9, 3));
          var result = fetch(towers, any, logits, fed)) {
        float[] actual = new float[6];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(actual);
        assertThat(actual).isEqualTo(expected);
      }
    }
  }

  private static Result fetch(
      Towers towers, Operand<TFloat32> any, Operand<TFloat32> logits, TFloat32 fed) {
    fed.asRawTensor().data().asFloats().write(towers.run(towers.images));
    return towers.session().runner().feed(any, fed).fetch(logits).run();
  }

  @Test
  void rejectsInvalidSettings() {
    assertThatThrownBy(() -> ResNet.imagenet(20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("depth: expected 18, 34, 50, 101 or 152, but got 20.");
    assertThatThrownBy(() -> ResNet.cifar(21)).hasMessageContaining("6n + 2");
    assertThatThrownBy(() -> TINY.withClasses(0)).hasMessageContaining("classes");
    assertThatThrownBy(() -> TINY.with().width(0).build()).hasMessageContaining("width");
    assertThatThrownBy(() -> TINY.with().dropout(1).build()).hasMessageContaining("dropout");
    assertThatThrownBy(() -> TINY.with().groups(2, 64).build()).hasMessageContaining("groups");
    assertThatThrownBy(
            () -> bottleneck().groups(2, 32).spatial(SameLayerSlim.queryKey(4, 4)).build())
        .hasMessage(
            "groups: expected one group of width 64 with a spatial layer, which replaces the"
                + " convolution, but got 2 of width 32.");
    assertThatThrownBy(() -> new ImageNormalization(List.of(0f), List.of(1f, 1f, 1f)))
        .hasMessageContaining("mean");
    assertThatThrownBy(() -> Networks.named("srm-resnet-50"))
        .hasMessageContaining("Did you mean 'srm-resnet50'?");
    assertThatThrownBy(() -> new Towers(TINY, Tower.serving(), Shape.of(1, 8, 8, 1)))
        .hasMessage("images: expected (N, H, W, 3), but got [1, 8, 8, 1].");
    assertThatThrownBy(() -> TINY.with().block(ResNet.Block.BASIC, List.of()).build())
        .hasMessageContaining("repeats");
  }
}
