package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.AttentiveNorm.Attention;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class DetectorTest {

  private static final Norm GROUPS = new GroupNorm(4, 1e-5f, 1);

  /** All parts, with few channels. */
  static MaskRcnn tiny() {
    AttentiveNorm norm = AttentiveNorm.defaults().components(2).groups(4);
    BoxHead boxes = new BoxHead(3, 8, 1, List.of(norm.attention(Attention.HSIGMOID)), 1, 16, false);
    return new MaskRcnn(
        Conventions.PLAIN,
        3,
        backbone(),
        new FeaturePyramid(8, 4, FeaturePyramid.Top.SUBSAMPLED, false, Optional.of(GROUPS)),
        new ProposalHead(8, 1),
        List.of(RegionStage.of(boxes, Optional.of(new MaskHead(4, 8, 1, Optional.of(GROUPS))))));
  }

  static Network backbone() {
    return ResNet.imagenet(18)
        .with()
        .block(ResNet.Block.BASIC, List.of(1, 1, 1, 1))
        .channels(8)
        .build();
  }

  static RetinaNet tinyRetinaNet() {
    return new RetinaNet(
        Conventions.PLAIN,
        3,
        backbone(),
        new FeaturePyramid(8, 8, FeaturePyramid.Top.OF_OUTPUT, true, Optional.empty()),
        new RetinaHead(8, 1, Optional.of(GROUPS), 0.01));
  }

  static Stream<Detector> trained() {
    return Stream.of(tiny(), tinyRetinaNet());
  }

  @ParameterizedTest
  @MethodSource("trained")
  void hasGradientsOfEveryVariable(Detector detector) {
    Shape shape = Shape.of(2, 70, 50, 3);
    try (DetectorGraph net = new DetectorGraph(detector, Tower.training(), shape, 3)) {
      Ops tf = net.context.at("loss").tf();
      List<Operand<TFloat32>> outputs = new ArrayList<>(net.masks);
      net.anchors.forEach(level -> outputs.addAll(List.of(level.logits(), level.deltas())));
      net.boxOutputs.forEach(output -> outputs.addAll(List.of(output.logits(), output.deltas())));
      List<Operand<TFloat32>> sums =
          outputs.stream().<Operand<TFloat32>>map(tf.nn::l2Loss).toList();
      List<Variable<TFloat32>> variables = net.store.trainable();
      List<Operand<TFloat32>> gradients =
          Gradients.of(tf.math.addN(sums), variables.stream().map(Variable::read).toList());
      List<float[]> values = run(net, gradients);
      for (int i = 0; i < values.size(); i++) {
        double size = 0;
        for (float value : values.get(i)) {
          size += Math.abs(value);
        }
        assertThat(size).as(variables.get(i).name()).isFinite().isPositive();
      }
    }
  }

  private static List<float[]> run(DetectorGraph net, List<Operand<TFloat32>> operands) {
    Shape shape = net.images.shape();
    float[] pixels = new float[(int) shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 7919 % 1000) / 1000f;
    }
    float[] corners = {1, 2, 30, 40, 5, 5, 49, 69, -3, 20, 12, 90};
    try (Session session = Sessions.unoptimised(net.graph);
        TFloat32 images = TFloat32.tensorOf(shape, DataBuffers.of(pixels));
        TFloat32 boxes = TFloat32.tensorOf(Shape.of(3, 4), DataBuffers.of(corners));
        TInt32 ofBox = TInt32.vectorOf(0, 1, 1)) {
      net.store.initialize(session);
      Session.Runner runner = session.runner().feed(net.images, images);
      runner.feed(net.boxes, boxes).feed(net.imageOfBox, ofBox);
      operands.forEach(runner::fetch);
      List<float[]> values = new ArrayList<>();
      try (var result = runner.run()) {
        for (int i = 0; i < operands.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] array = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(array);
          values.add(array);
        }
      }
      return values;
    }
  }

  @Test
  void takesImagesAndRegionsOfAnyNumberAndSize() {
    ResNet backbone = ResNet.imagenet(50).with().attentive(AttentivePlaces.defaults()).build();
    MaskRcnn detector = MaskRcnn.normalised(backbone, BoxHead.attentive());
    Shape any = Shape.of(-1, -1, -1, 3);
    try (DetectorGraph net = new DetectorGraph(detector, Tower.serving(), any, -1)) {
      assertThat(net.pyramid.strides()).containsExactly(4, 8, 16, 32, 64);
      assertThat(net.pyramid.channels()).isEqualTo(256);
      assertThat(net.boxOutputs.get(0).logits().shape().asArray()).containsExactly(-1L, 81L);
      assertThat(net.boxOutputs.get(0).deltas().shape().asArray()).containsExactly(-1L, 81L, 4L);
      assertThat(net.masks.get(0).shape().asArray()).containsExactly(-1L, 28L, 28L, 81L);
      assertThat(net.anchors.get(0).deltas().shape().asArray()).containsExactly(-1L, -1L, 4L);
      AnchorOutput all = AnchorOutput.joined(net.context.tf(), net.anchors);
      assertThat(all.logits().shape().asArray()).containsExactly(-1L, -1L, 1L);
    }
  }

  @Test
  void hasAnAnchorForEachOutput() {
    for (Detector detector : List.of(tiny(), tinyRetinaNet())) {
      Shape image = Shape.of(1, 70, 50, 3);
      try (DetectorGraph net = new DetectorGraph(detector, Tower.serving(), image, 1)) {
        List<Operand<TFloat32>> anchors = detector.anchors(net.context.tf(), net.pyramid);
        assertThat(anchors).hasSize(5);
        for (int i = 0; i < anchors.size(); i++) {
          assertThat(anchors.get(i).shape().get(0))
              .isEqualTo(net.anchors.get(i).logits().shape().get(1))
              .isEqualTo(net.anchors.get(i).deltas().shape().get(1));
        }
      }
    }
  }

  @Test
  void namesVariablesByScope() {
    MaskRcnn cascade =
        new MaskRcnn(
            Conventions.PLAIN,
            3,
            backbone(),
            tiny().pyramid(),
            tiny().proposals(),
            RegionStage.cascade(
                new BoxHead(3, 8, 1, List.of(GROUPS), 2, 16, false),
                Optional.of(new MaskHead(4, 8, 1, Optional.empty()))));
    try (DetectorGraph net = DetectorGraph.small(cascade);
        DetectorGraph retina = DetectorGraph.small(tinyRetinaNet())) {
      assertThat(scopes(net, "backbone")).contains("stem/conv", "stage4/block0/bn2");
      assertThat(net.store.find("backbone/head/dense/kernel")).isEmpty();
      assertThat(scopes(net, "fpn"))
          .contains("lateral2/conv", "lateral5/bn", "output2/conv", "output5/bn")
          .hasSize(16);
      assertThat(scopes(net, "rpn")).containsExactly("boxes", "conv1", "objectness");
      assertThat(scopes(net, "box2"))
          .containsExactly("bn1", "boxes", "classes", "conv1", "fc6", "fc7");
      assertThat(scopes(net, "mask3")).containsExactly("classes", "conv1", "deconv");
      assertThat(scopes(retina, "fpn")).contains("lateral3/conv", "output6/conv", "output7/conv");
      assertThat(scopes(retina, "retina"))
          .containsExactly(
              "boxes/bn1",
              "boxes/conv1",
              "boxes/output",
              "classes/bn1",
              "classes/conv1",
              "classes/output");
    }
  }

  private static Set<String> scopes(DetectorGraph net, String root) {
    Set<String> scopes = new TreeSet<>();
    for (Variable<?> variable : net.store.all()) {
      if (variable.name().startsWith(root + "/")) {
        int end = variable.name().lastIndexOf('/');
        scopes.add(variable.name().substring(root.length() + 1, end));
      }
    }
    return scopes;
  }

  static Stream<Detector> written() {
    return Stream.of(
        tiny(),
        tinyRetinaNet(),
        MaskRcnn.normalised(Networks.named("an-resnet50"), BoxHead.attentive()),
        MaskRcnn.cascade(ResNet.imagenet(101)));
  }

  @ParameterizedTest
  @MethodSource("written")
  void roundTripsThroughJson(Detector detector) {
    assertThat(DetectorJson.read(DetectorJson.write(detector).toString())).isEqualTo(detector);
  }

  @Test
  void readsShortJson() {
    assertThat(DetectorJson.read("{'type': 'mask-rcnn'}".replace('\'', '"')))
        .isEqualTo(MaskRcnn.defaults());
    String json = "{'type': 'retina-net', 'backbone': 'an-resnet50', 'classes': 3}";
    RetinaNet net = (RetinaNet) DetectorJson.read(json.replace('\'', '"'));
    assertThat(net.backbone()).isEqualTo(Networks.named("an-resnet50"));
    assertThat(net.classes()).isEqualTo(3);
    assertThat(net.head()).isEqualTo(RetinaHead.defaults());
    assertThatThrownBy(() -> DetectorJson.read("{\"type\": \"mask-rcnn\", \"stage\": []}"))
        .hasMessageContaining("stage")
        .hasMessageContaining("stages");
  }

  // As in docs/weights.md.
  @Test
  void readsTorchvisionsDetectors() {
    String masks =
        "{'type': 'mask-rcnn', 'conventions': 'torchvision', 'classes': 90, 'backbone': {'preset':"
            + " 'resnet50', 'norm': {'type': 'batch', 'epsilon': 0}}, 'stages': [{'masks': {}}]}";
    MaskRcnn net = (MaskRcnn) DetectorJson.read(masks.replace('\'', '"'));
    BatchNorm norm = (BatchNorm) ((ResNet) net.backbone()).settings().norm();
    assertThat(norm.epsilon()).isZero();
    assertThat(net.stages()).isEqualTo(MaskRcnn.defaults().stages());
    String anchors =
        "{'type': 'retina-net', 'conventions': 'torchvision', 'classes': 91, 'pyramid': {'finest':"
            + " 8, 'top': 'of-output', 'rectified': true}}";
    assertThat(DetectorJson.read(anchors.replace('\'', '"')).pyramid())
        .isEqualTo(FeaturePyramid.retina().top(FeaturePyramid.Top.OF_OUTPUT, true));
  }

  @Test
  void rejectsInvalidSettings() {
    List<RegionStage> twice = List.of(RegionStage.defaults(), RegionStage.defaults());
    MaskRcnn net = tiny();
    assertThatThrownBy(
            () ->
                new MaskRcnn(
                    net.conventions(), 3, net.backbone(), net.pyramid(), net.proposals(), twice))
        .hasMessageStartingWith("stages: expected one box for all classes in a cascade");
    assertThatThrownBy(() -> BoxHead.convolutional().norms(List.of(GROUPS)))
        .hasMessage("norms: expected none, or one for each of 4 convolutions, but got 1.");
    assertThatThrownBy(() -> DetectorGraph.small(MaskRcnn.of(ResNet.cifar(8), BoxHead.defaults())))
        .hasMessage("stages: expected one of stride 8, but got strides [1, 2, 4].");
    assertThatThrownBy(
            () -> new FeaturePyramid(8, 4, FeaturePyramid.Top.SUBSAMPLED, true, Optional.empty()))
        .hasMessage("rectified: expected false without a P7, but got true.");
  }
}
