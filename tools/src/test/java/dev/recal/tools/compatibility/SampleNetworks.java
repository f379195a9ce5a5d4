package dev.recal.tools.compatibility;

import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.classification.serving.TrainingSignature;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.AndOrNet;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.DenseNet;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.graphs.network.MobileNetV1;
import dev.recal.graphs.network.MobileNetV2;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.network.ShuffleNetV2;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.ops.Servable;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;

/** Each family of networks, and each recalibration in a residual network, as small as possible. */
final class SampleNetworks {

  /** Rows and columns of their images. */
  static final int SIZE = 32;

  /** The scales of the generators of one image. */
  static final Pyramid PYRAMID = new Pyramid(40, 52, 3, 0.75);

  private static final List<String> LABELS = List.of("chat", "Hündin", "猫");
  private static final int CLASSES = LABELS.size();
  private static final int WIDTH = 4;

  // The network of office-home-srm and the other recipes of domains, whose stem is that of
  // ImageNet.
  private static final String OF_DOMAINS = "SRM-ResNet of domains";

  private static final List<InvertedStage> STAGES =
      List.of(new InvertedStage(2, 8, 2, 2), new InvertedStage(2, 16, 1, 2));

  private SampleNetworks() {}

  /** Returns functions that build a network into an empty graph, by the network's title. */
  static Map<String, Function<Graph, Servable>> all() {
    Map<String, Function<Graph, Servable>> all = new LinkedHashMap<>();
    classifiers()
        .forEach((title, network) -> all.put(title, graph -> classifier(graph, title, network)));
    generators()
        .forEach(
            (title, network) ->
                all.put(title, graph -> GeneratorServable.build(graph, network, 3)));
    pyramids()
        .forEach(
            (title, network) ->
                all.put(title, graph -> PyramidServable.build(graph, network, PYRAMID, 3)));
    all.putAll(SampleStyles.all());
    SampleDetectors.all()
        .forEach(
            (title, detector) ->
                all.put(title, graph -> SampleDetectors.servable(graph, detector)));
    return all;
  }

  /** Returns the generators of one image by their titles. */
  static Map<String, SinGan> pyramids() {
    Map<String, SinGan> pyramids = new LinkedHashMap<>();
    pyramids.put("SinGAN", new SinGan(SinGan.Modulation.NONE, WIDTH, WIDTH));
    pyramids.put("SinGAN SLIM", new SinGan(SinGan.Modulation.SLIM, WIDTH, WIDTH));
    return pyramids;
  }

  /** Returns the generators by their titles. */
  static Map<String, FastGanGenerator> generators() {
    Map<String, FastGanGenerator> generators = new LinkedHashMap<>();
    generators.put("FastGAN SLE", FastGanGenerator.of(SIZE, SkipKind.SLE).width(WIDTH));
    generators.put("FastGAN SLIM", FastGanGenerator.of(SIZE, SkipKind.SLIM).width(WIDTH));
    return generators;
  }

  /** Returns the classifiers by their titles. */
  static Map<String, Network> classifiers() {
    Map<String, Network> all = new LinkedHashMap<>();
    all.put("ResNet", residual("resnet20-cifar"));
    all.put("ResNet bottleneck", bottleneck());
    all.put("SE-ResNet", residual("se-resnet20-cifar"));
    all.put("SRM-ResNet", residual("srm-resnet20-cifar"));
    all.put("GE-ResNet", residual("ge-resnet20-cifar"));
    all.put("ECA-ResNet", residual("eca-resnet20-cifar"));
    all.put("CBAM-ResNet", residual("cbam-resnet20-cifar"));
    all.put("AN-ResNet", residual("an-resnet20-cifar"));
    all.put("SN-ResNet", residual("sn-resnet20-cifar"));
    all.put("DRConv-ResNet", residual("drconv-resnet20-cifar"));
    all.put("CondConv-ResNet", residual("condconv-resnet20-cifar"));
    all.put("SLIM-ResNet", residual("slim-resnet20-cifar"));
    all.put(OF_DOMAINS, ofDomains());
    all.putAll(others());
    return all;
  }

  private static Servable classifier(Graph graph, String title, Network network) {
    // As the recipes of domains measure.
    Augmentation evaluation =
        title.equals(OF_DOMAINS) ? Augmentation.centerCrop(SIZE + 4) : Augmentation.none();
    return TrainingSignature.addTo(
        ClassifierServable.build(graph, network, LABELS, evaluation, SIZE, SIZE), network);
  }

  private static Map<String, Network> others() {
    AttentivePlaces second = AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 3));
    DynamicRegionConv dynamic = DynamicRegionConv.pointwise(0);
    SqueezeExcitation gate = new SqueezeExcitation(4, true);
    Map<String, Network> others = new LinkedHashMap<>();
    others.put(
        "AN-DenseNet",
        DenseNet.defaults()
            .with()
            .repeats(List.of(1, 1))
            .growth(8, 2)
            .attentive(second)
            .classes(CLASSES)
            .build());
    others.put(
        "SE-MobileNetV1",
        MobileNetV1.defaults()
            .with()
            .repeats(List.of(1, 1))
            .recalibration(gate)
            .classes(CLASSES)
            .build());
    others.put(
        "AN-MobileNetV2",
        MobileNetV2.defaults().with().stages(STAGES).attentive(second).classes(CLASSES).build());
    for (ShuffleNetV2.Mixing mixing : ShuffleNetV2.Mixing.values()) {
      others.put(
          "SRM-ShuffleNetV2 " + mixing.name().toLowerCase(Locale.ROOT),
          ShuffleNetV2.defaults()
              .with()
              .stages(List.of(32, 64), List.of(2, 1))
              .channels(8, 64)
              .mixing(mixing)
              .recalibration(StyleRecalibration.defaults())
              .classes(CLASSES)
              .build());
    }
    others.put(
        "AN-And-or net",
        AndOrNet.cifar()
            .with()
            .stages(List.of(16, 32), List.of(1, 1))
            .attentive(second)
            .classes(CLASSES)
            .build());
    others.put(
        "DRConv-MobileFaceNet",
        MobileFaceNet.defaults()
            .with()
            .stages(STAGES)
            .channels(16, 64)
            .embedding(32)
            .pointwise(dynamic)
            .classes(CLASSES)
            .build());
    return others;
  }

  // The presets, reduced to two blocks.
  private static Network residual(String name) {
    ResNet network = (ResNet) Networks.named(name);
    ResNet.Builder small =
        network.with().block(ResNet.Block.BASIC, List.of(1, 1)).channels(16).classes(CLASSES);
    network
        .settings()
        .attentive()
        .ifPresent(places -> small.attentive(places.components(places.components().subList(0, 2))));
    return small.build();
  }

  private static Network ofDomains() {
    return ResNet.imagenet(18)
        .with()
        .block(ResNet.Block.BASIC, List.of(1, 1))
        .channels(8)
        .recalibration(StyleRecalibration.defaults())
        .classes(CLASSES)
        .build();
  }

  private static Network bottleneck() {
    return ResNet.imagenet(50)
        .with()
        .v1d()
        .block(ResNet.Block.BOTTLENECK, List.of(1, 1))
        .channels(8)
        .recalibration(new SqueezeExcitation(4, true))
        .classes(CLASSES)
        .build();
  }
}
