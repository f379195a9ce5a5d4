package dev.recal.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.dynamic.DynamicRegionConv.Generator;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.GatherExcite.Variant;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.recalibration.StyleRecalibration.Integration;
import dev.recal.ops.recalibration.StyleRecalibration.Pooling;
import dev.recal.ops.recalibration.StyleRecalibration.Variance;
import dev.recal.ops.skip.SameLayerSlim;
import dev.recal.ops.skip.SameLayerSlim.Form;
import dev.recal.ops.skip.SkipLayerExcitation;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Invalid settings and maps are rejected by name when the graph is built. */
class InvalidModuleTest {

  private static final Shape MAP = Shape.of(2, 8, 8, 16);

  static Stream<Arguments> settings() {
    return Stream.of(
        refused("reduction", () -> new SqueezeExcitation(0)),
        refused("reduction", () -> new SqueezeExcitation(-4)),
        refused("reduction", () -> new GatherExcite(Variant.THETA_PLUS, 0, false, -1)),
        refused("extent", () -> new GatherExcite(Variant.THETA, 3, false, 16)),
        refused("extent", () -> new GatherExcite(Variant.THETA, -2, false, 16)),
        refused("reduction", () -> style(1e-5f, 0)),
        refused("reduction", () -> style(1e-5f, -16)),
        refused("epsilon", () -> style(-1e-5f, 16)),
        refused("epsilon", () -> style(Float.NaN, 16)),
        refused("epsilon", () -> style(Float.POSITIVE_INFINITY, 16)),
        refused("kernel", () -> new EfficientChannelAttention(4)),
        refused("kernel", () -> new EfficientChannelAttention(-3)),
        refused("reduction", () -> new ConvolutionalBlockAttention(0, true, 7)),
        refused("reduction", () -> new ConvolutionalBlockAttention(-1, true, 7)),
        refused("kernel", () -> new ConvolutionalBlockAttention(16, true, 0)),
        refused("kernel", () -> new ConvolutionalBlockAttention(16, true, 6)),
        refused("components", () -> AttentiveNorm.defaults().components(1)),
        refused("components", () -> AttentiveNorm.defaults().components(-10)),
        refused("groups", () -> AttentiveNorm.defaults().groups(0)),
        refused("epsilon", () -> attentive(-1f, 0.9f)),
        refused("epsilon", () -> attentive(Float.POSITIVE_INFINITY, 0.9f)),
        refused("decay", () -> attentive(1e-5f, 1.1f)),
        refused("decay", () -> attentive(1e-5f, Float.NaN)),
        refused("epsilon", () -> new SwitchableNorm(-1f, 0.9f, 1f)),
        refused("decay", () -> new SwitchableNorm(1e-5f, -0.1f, 1f)),
        refused("epsilon", () -> new BatchNorm(Float.NaN, 0.9f, 1f, true)),
        refused("decay", () -> new BatchNorm(1e-5f, 2f, 1f, true)),
        refused("groups", () -> new GroupNorm(0, 1e-5f, 1f)),
        refused("regions", () -> dynamic(0, 3, 1, 0, 0, 8, 1)),
        refused("regions", () -> dynamic(-8, 3, 1, 0, 0, 8, 1)),
        refused("kernel", () -> dynamic(8, 0, 1, 0, 0, 8, 1)),
        refused("stride", () -> dynamic(8, 3, 0, 0, 0, 8, 1)),
        refused("padding", () -> dynamic(8, 3, 1, -1, 0, 8, 1)),
        refused("filters", () -> dynamic(8, 3, 1, 0, -1, 8, 1)),
        refused("experts", () -> dynamic(8, 3, 1, 0, 0, 0, 1)),
        refused("dilation", () -> dynamic(8, 3, 1, 0, 0, 8, 0)),
        refused("kernel", () -> conditional(0, 1, 0, 0, 8, 1)),
        refused("stride", () -> conditional(3, -1, 0, 0, 8, 1)),
        refused("padding", () -> conditional(3, 1, -1, 0, 8, 1)),
        refused("filters", () -> conditional(3, 1, 0, -1, 8, 1)),
        refused("experts", () -> conditional(3, 1, 0, 0, 0, 1)),
        refused("dilation", () -> conditional(3, 1, 0, 0, 8, 0)),
        refused("groups", () -> new SkipLayerSlim(0, 16, 2, true, false)),
        refused("reduction", () -> new SkipLayerSlim(4, 0, 2, true, false)),
        refused("reduction", () -> new SkipLayerSlim(4, -16, 2, true, false)),
        refused("dilation", () -> new SkipLayerSlim(4, 16, 0, true, false)),
        refused("groups", () -> new SameLayerSlim(Form.STYLE_MASK, -4, 16, 1, 1)),
        refused("reduction", () -> new SameLayerSlim(Form.QUERY_KEY, 4, 0, 1, 1)),
        refused("dilation", () -> new SameLayerSlim(Form.STYLE_MASK, 4, 16, 0, 1)),
        refused("dilation", () -> new SameLayerSlim(Form.QUERY_KEY, 4, 4, 2, 1)),
        refused("stride", () -> new SameLayerSlim(Form.STYLE_MASK, 4, 16, 1, 0)));
  }

  static Stream<Arguments> maps() {
    Shape unknownSize = Shape.of(-1, -1, -1, 16);
    Shape small = Shape.of(2, 2, 8, 16);
    return Stream.of(
        refused("groups", () -> build(new GroupNorm(5, 1e-5f, 1f), MAP)),
        refused("groups", () -> build(AttentiveNorm.defaults().groups(5), MAP)),
        refused("groups", () -> build(new SameLayerSlim(Form.STYLE_MASK, 3, 1, 1, 1), MAP)),
        refused("groups", () -> build(SameLayerSlim.queryKey(32, 1), MAP)),
        refused("groups", () -> build(new SkipLayerSlim(3, 1, 1, true, false), MAP, MAP)),
        refused("channels", () -> build(SameLayerSlim.defaults().sized(32, 1), MAP)),
        refused("x", () -> build(GatherExcite.defaults(), unknownSize)),
        refused("x", () -> build(new GatherExcite(Variant.THETA_PLUS, 0, true, 16), unknownSize)),
        refused("x", () -> build(GatherExcite.defaults(), Shape.of(2, 8, -1, 16))),
        refused("kernel", () -> build(dynamic(8, 3, 1, 0, 0, 8, 1), small)),
        refused("kernel", () -> build(dynamic(8, 3, 1, 1, 0, 8, 4), small)),
        refused("kernel", () -> build(conditional(5, 1, 1, 0, 8, 1), small)),
        refused("kernel", () -> build(conditional(3, 1, 0, 0, 8, 1), Shape.of(2, 8, 2, 16))),
        refused("filters", () -> build(conditional(64, 1, 32, 1 << 20, 8, 1), MAP)),
        refused("high", () -> build(new SkipLayerExcitation(), MAP, Shape.of(3, 8, 8, 4))),
        refused("high", () -> build(SkipLayerSlim.defaults(), MAP, Shape.of(1, 16, 16, 4))));
  }

  static Stream<Arguments> guides() {
    return Stream.of(
            Shape.of(2, 8, 8, 4),
            Shape.of(2, 8, 8, -1),
            Shape.of(3, 8, 8, 8),
            Shape.of(2, 8, 8),
            Shape.of(2, 8, 8, 1, 8),
            Shape.unknown())
        .flatMap(
            shape -> Stream.of(Generator.values()).map(generator -> arguments(generator, shape)));
  }

  static Stream<Shape> noises() {
    return Stream.of(
        Shape.of(2, 8, 8, 2),
        Shape.of(1, 8, 8, 1),
        Shape.of(2, 4, 8, 1),
        Shape.of(2, 8, 16, 1),
        Shape.of(2, 8, 8),
        Shape.of(2, 8, 8, -1),
        Shape.unknown());
  }

  @ParameterizedTest
  @MethodSource({"settings", "maps"})
  void namesTheArgument(String argument, ThrowingCallable call) {
    assertRefused(argument, call);
  }

  @ParameterizedTest
  @MethodSource("guides")
  void rejectsGuidesOfOtherSizeOrRank(Generator generator, Shape shape) {
    DynamicRegionConv layer =
        new DynamicRegionConv(generator, 8, 3, 1, Optional.empty(), 0, 8, 1, false);
    assertRefused(
        "guide", () -> inGraph((context, x, guide) -> layer.build(context, x, guide), shape));
  }

  @ParameterizedTest
  @MethodSource("noises")
  void rejectsNoiseOfOtherShape(Shape shape) {
    SkipLayerSlim layer = new SkipLayerSlim(4, 1, 1, true, true);
    assertRefused(
        "noise", () -> inGraph((context, x, noise) -> layer.build(context, x, x, noise), shape));
  }

  private static void assertRefused(String argument, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)" + argument + ": [^.]*(\\.\\d[^.]*)*\\.");
  }

  private static Arguments refused(String argument, ThrowingCallable call) {
    return arguments(argument, call);
  }

  private static StyleRecalibration style(float epsilon, int reduction) {
    return new StyleRecalibration(
        Variance.SAMPLE, epsilon, Pooling.MEAN_DEVIATION, Integration.MLP, reduction);
  }

  private static AttentiveNorm attentive(float epsilon, float decay) {
    return new AttentiveNorm(
        AttentiveNorm.Base.BATCH,
        32,
        10,
        Optional.empty(),
        AttentiveNorm.Pooling.NORMALISED,
        epsilon,
        decay,
        false);
  }

  private static DynamicRegionConv dynamic(
      int regions, int kernel, int stride, int padding, int filters, int experts, int dilation) {
    return new DynamicRegionConv(
        Generator.EXPERTS,
        regions,
        kernel,
        stride,
        Optional.of(padding),
        filters,
        experts,
        dilation,
        false);
  }

  private static CondConv conditional(
      int kernel, int stride, int padding, int filters, int experts, int dilation) {
    return new CondConv(kernel, stride, Optional.of(padding), filters, experts, dilation, false);
  }

  /** Builds a module over two maps. */
  private interface ModuleBuilder {
    void build(BuildContext context, Operand<TFloat32> first, Operand<TFloat32> second);
  }

  private static void build(Layer layer, Shape shape) {
    inGraph((context, x, other) -> layer.build(context, other), shape);
  }

  private static void build(SkipLayer layer, Shape low, Shape high) {
    inGraph(
        (context, x, other) -> {
          Ops tf = context.tf();
          layer.build(context, tf.placeholder(TFloat32.class, Placeholder.shape(low)), other);
        },
        high);
  }

  private static void inGraph(ModuleBuilder building, Shape second) {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 1), Tower.training());
      Ops tf = Ops.create(graph);
      building.build(
          context,
          tf.placeholder(TFloat32.class, Placeholder.shape(MAP)),
          tf.placeholder(TFloat32.class, Placeholder.shape(second)));
    }
  }
}
