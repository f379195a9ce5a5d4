package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The requirements on every network, for the families other than ResNet. */
class FamiliesTest {

  private static final int STEPS = 2;

  // A norm after them can cancel their effect, or a ReLU of few channels can be zero.
  private static final String MAY_STAY =
      ".*conv\\d?/bias|.*gamma|.*mean_weight|.*variance_weight|.*/(reduce|key|query)/.*";

  static List<Network> all() {
    return SmallNetworks.all();
  }

  static Stream<Network> plain() {
    return Stream.of(SmallNetworks.plain(), SmallNetworks.attentive(), SmallNetworks.dynamic())
        .flatMap(List::stream);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("all")
  void trainsWithEverySetting(Network net) {
    trains(net);
  }

  @ParameterizedTest
  @MethodSource("plain")
  void trainsOnOddMap(Network net) {
    trains(net);
  }

  private static void trains(Network net) {
    try (Towers towers = new Towers(net, Tower.training(), Shape.of(3, 29, 21, 3))) {
      Ops tf = towers.context.at("loss").tf();
      Operand<TFloat32> logits = towers.output.logits();
      assertThat(logits.shape()).isEqualTo(Shape.of(3, SmallNetworks.CLASSES));
      Operand<TFloat32> targets =
          tf.oneHot(
              tf.constant(new int[] {0, 3, 1}),
              tf.constant(SmallNetworks.CLASSES),
              tf.constant(1f),
              tf.constant(0f));
      Operand<TFloat32> compared = net.trainingLogits(tf, logits, targets);
      Operand<TFloat32> loss =
          tf.math.mean(
              tf.nn.softmaxCrossEntropyWithLogits(compared, targets).loss(), tf.constant(0));
      List<Variable<TFloat32>> variables = towers.store.trainable();
      List<Operand<TFloat32>> reads = new ArrayList<>();
      variables.forEach(variable -> reads.add(variable.read()));
      List<Operand<TFloat32>> gradients = Gradients.of(loss, reads);
      List<Op> step = new ArrayList<>(towers.context.updates());
      for (int i = 0; i < reads.size(); i++) {
        step.add(
            tf.assignSubVariableOp(
                variables.get(i).handle(), tf.math.mul(gradients.get(i), tf.constant(0.5f))));
      }
      List<float[]> before = towers.run(reads);
      for (int i = 0; i < STEPS; i++) {
        towers.run(gradients, step).forEach(values -> assertFinite(net, values));
      }
      List<float[]> after = towers.run(reads);
      for (int i = 0; i < reads.size(); i++) {
        String name = variables.get(i).name();
        assertFinite(net, after.get(i));
        if (!name.matches(MAY_STAY)) {
          assertThat(Arrays.equals(after.get(i), before.get(i))).as("%s stays", name).isFalse();
        }
      }
    }
  }

  private static void assertFinite(Network net, float[] values) {
    for (float value : values) {
      assertThat(value).as(net.toString()).isFinite();
    }
  }

  @ParameterizedTest
  @MethodSource("plain")
  void buildsItsStagesWithoutAHead(Network net) {
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(2, 32, 32, 3))) {
      try (Graph graph = new Graph()) {
        VariableStore alone = new VariableStore(graph, 1);
        Shape shape = Shape.of(2, 32, 32, 3);
        var images = Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(shape));
        BuildContext context = BuildContext.of(alone, Tower.serving());
        Map<String, Stage> stages = net.stages(context, images);
        // ShuffleNetV2 has one more for feature pyramids, which exports do not show.
        assertThat(towers.output.stages().keySet())
            .startsWith(
                stages.keySet().stream().filter(key -> !key.equals("pool")).toArray(String[]::new));
        List<String> all = towers.store.all().stream().map(Variable::name).toList();
        List<String> own = alone.all().stream().map(Variable::name).toList();
        assertThat(all).startsWith(own.toArray(String[]::new));
        assertThat(own).noneMatch(name -> name.startsWith("head/"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void roundTripsThroughJson(Network net) {
    var json = Networks.json().write(net, Network.class);
    assertThat(Networks.json().read(json, Network.class)).isEqualTo(net);
  }

  @ParameterizedTest
  @MethodSource("plain")
  void namesStagesWithTheirStridesAndChannels(Network net) {
    for (int size : new int[] {32, 64}) {
      try (Towers towers = new Towers(net, Tower.serving(), Shape.of(2, size, size, 3))) {
        Map<String, Stage> stages = towers.output.stages();
        assertThat(stages.keySet()).startsWith("stem", "stage1", "stage2");
        stages.forEach(
            (name, stage) ->
                assertThat(stage.map().shape())
                    .as(name)
                    .isEqualTo(
                        Shape.of(
                            2, size / stage.stride(), size / stage.stride(), stage.channels())));
        float[] logits = towers.run(towers.output.logits());
        assertThat(logits).hasSize(2 * SmallNetworks.CLASSES);
        assertFinite(net, logits);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("plain")
  void becomesAServable(Network net) {
    List<String> labels = List.of("a", "b", "c", "d", "e");
    try (Graph graph = new Graph()) {
      Servable servable = ClassifierServable.build(graph, net, labels, Augmentation.none(), 48, 32);
      List<String> keys = servable.signatures().stream().map(ServableSignature::key).toList();
      assertThat(keys).startsWith("serving_default", "serving_bytes", "features");
      Map<String, Operand<?>> features = servable.signatures().get(2).outputs();
      assertThat(features).containsKeys("stem", "stage1", "stage2");
    }
  }

  @ParameterizedTest
  @MethodSource("plain")
  void supportsDynamicSizesIfNoKernelNeedsThem(Network net) {
    try (Graph graph = new Graph()) {
      var store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.serving());
      Placeholder<TFloat32> images =
          Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
      if (net instanceof MobileFaceNet) {
        assertThatThrownBy(() -> net.build(context, images)).hasMessageContaining("height");
      } else {
        assertThat(net.build(context, images).logits().shape().asArray())
            .containsExactly(-1, SmallNetworks.CLASSES);
      }
    }
  }

  @Test
  void placesAttentiveNormsAsPublished() {
    assertAttentive("an-densenet121", "stage\\d/layer\\d+/bn2/gamma\\[(10|20), 128\\]", 58);
    assertAttentive("an-mobilenetv2", "stage\\d/block\\d/bn2/gamma\\[(5|10), \\d+\\]", 17);
  }

  private static void assertAttentive(String name, String pattern, int count) {
    try (Towers towers =
        new Towers(Networks.named(name), Tower.serving(), Shape.of(1, 64, 64, 3))) {
      List<String> attentive =
          towers.store.trainable().stream()
              .filter(variable -> variable.name().endsWith("gamma"))
              .filter(variable -> variable.shape().numDimensions() == 2)
              .map(Variable::toString)
              .toList();
      assertThat(attentive).hasSize(count).allMatch(gamma -> gamma.matches(pattern));
    }
  }

  @Test
  void sharesOneGuideInABlock() {
    ShuffleNetV2 net = SmallNetworks.shuffleNetV2().dynamic(DynamicRegionConv.pointwise(0)).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 32, 32, 3))) {
      List<String> guides =
          towers.store.trainable().stream()
              .filter(variable -> variable.name().contains("guide"))
              .map(Variable::toString)
              .toList();
      assertThat(guides)
          .containsExactly(
              "stage1/block0/guide/kernel[1, 1, 8, 8]",
              "stage1/block1/guide/kernel[1, 1, 8, 8]",
              "stage2/block0/guide/kernel[1, 1, 16, 8]");
    }
  }

  // A second block passes half of the output of the first: the even channels hold the first half,
  // or
  // the
  // first half holds the even channels.
  @ParameterizedTest
  @EnumSource(ShuffleNetV2.Mixing.class)
  void halfOfTheChannelsBypassTheBlock(ShuffleNetV2.Mixing mixing) {
    ShuffleNetV2.Builder form = SmallNetworks.shuffleNetV2().mixing(mixing);
    float[] one = firstStage(form.stages(List.of(16), List.of(1)).build());
    float[] two = firstStage(form.stages(List.of(16), List.of(2)).build());
    assertThat(two).hasSameSizeAs(one);
    for (int pixel = 0; pixel < one.length; pixel += 16) {
      for (int i = 0; i < 8; i++) {
        if (mixing == ShuffleNetV2.Mixing.SHUFFLE) {
          assertThat(two[pixel + 2 * i]).isEqualTo(one[pixel + i]);
        } else {
          assertThat(two[pixel + i]).isEqualTo(one[pixel + 2 * i]);
        }
      }
    }
    assertThat(two).isNotEqualTo(one);
  }

  private static float[] firstStage(Network net) {
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, 24, 16, 3))) {
      return towers.run(towers.output.stages().get("stage1").map());
    }
  }

  @Test
  void rejectsInvalidSettings() {
    assertThatThrownBy(() -> DenseNet.imagenet(120))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("depth: expected 121, 169 or 201, but got 120.");
    assertThatThrownBy(() -> SmallNetworks.denseNet().groups(2).spatial(slim()).build())
        .hasMessage(
            "groups: expected 1 with a spatial layer, which replaces the convolution, but got 2.");
    AttentivePlaces third = AttentivePlaces.at(NormPlace.BN3);
    assertThatThrownBy(() -> DenseNet.imagenet(121).with().attentive(third).build())
        .hasMessage(
            "places: expected some of [STEM, BN1, BN2, SHORTCUT] in a DenseNet, but got [BN3].");
    assertThatThrownBy(
            () -> MobileNetV2.defaults().with().attentive(AttentivePlaces.defaults()).build())
        .hasMessage("components: expected one for each of the 7 stages, but got [10, 10, 20, 20].");
    assertThatThrownBy(() -> ShuffleNetV2.imagenet("0.75")).hasMessageContaining("size");
    assertThatThrownBy(
            () -> SmallNetworks.shuffleNetV2().stages(List.of(15, 32), List.of(1, 1)).build())
        .hasMessageStartingWith("stages: expected an even number of channels");
    assertThatThrownBy(
            () ->
                SmallNetworks.shuffleNetV2()
                    .stages(List.of(16, 16), List.of(1, 1))
                    .mixing(ShuffleNetV2.Mixing.ALTERNATE)
                    .build())
        .hasMessage(
            "stages: expected each stage to have more channels than its input with ALTERNATE, but"
                + " got 16 after 16.");
    assertThatThrownBy(
            () -> SmallNetworks.mobileNetV1().pointwise(DynamicRegionConv.defaults()).build())
        .hasMessage("pointwise: expected a layer with a kernel of 1, but got 3.");
    assertThatThrownBy(() -> new InvertedStage(1, 8, 1, 3)).hasMessageContaining("stride");
    assertThatThrownBy(() -> MobileNetV1.defaults().with().width(0).build())
        .hasMessage("width: expected a positive multiplier, but got 0.0.");
    assertThatThrownBy(() -> MobileNetV1.defaults().withClasses(0)).hasMessageContaining("classes");
    assertThatThrownBy(() -> Networks.named("mobilenet2"))
        .hasMessageContaining("Did you mean 'mobilenetv2'?");
    for (Network net : SmallNetworks.plain()) {
      assertThatThrownBy(() -> new Towers(net, Tower.serving(), Shape.of(1, 32, 32, 1)))
          .hasMessage("images: expected (N, H, W, 3), but got [1, 32, 32, 1].");
    }
  }

  private static SameLayerSlim slim() {
    return SameLayerSlim.defaults();
  }
}
