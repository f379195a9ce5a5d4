package dev.recal.ops.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.dynamic.DynamicRegionConv.Generator;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class DynamicRegionConvTest {

  private static final int[] XS = {2, 6, 5, 3};
  private static final Shape SHAPE = Shape.of(2, 6, 5, 3);

  private static DynamicRegionConv layer(
      Generator generator, int m, int k, int stride, int padding, int experts, int dilation) {
    return new DynamicRegionConv(
        generator, m, k, stride, Optional.of(padding), 4, experts, dilation, false, false);
  }

  // Every form of the product: patches mixed by pixel, tiles of either generator's filters, experts
  // mixed by pixel, one filter.
  static List<DynamicRegionConv> layers() {
    return List.of(
        layer(Generator.POOLED, 4, 3, 1, 1, 8, 1),
        layer(Generator.POOLED, 3, 3, 2, 1, 8, 1),
        layer(Generator.POOLED, 2, 2, 1, 0, 8, 1),
        layer(Generator.POOLED, 3, 3, 2, 2, 8, 2),
        layer(Generator.POOLED, 5, 1, 1, 0, 8, 1),
        layer(Generator.POOLED, 3, 1, 2, 0, 8, 1),
        layer(Generator.POOLED, 20, 3, 1, 1, 8, 1),
        layer(Generator.POOLED, 2, 3, 1, 2, 8, 1),
        layer(Generator.POOLED, 1, 3, 1, 1, 8, 1),
        layer(Generator.EXPERTS, 3, 1, 1, 0, 8, 1),
        layer(Generator.EXPERTS, 2, 3, 2, 1, 2, 1),
        layer(Generator.EXPERTS, 2, 3, 1, 2, 1, 2),
        layer(Generator.EXPERTS, 2, 1, 1, 0, 2, 1),
        layer(Generator.EXPERTS, 1, 3, 1, 1, 4, 1));
  }

  // The guide is a variable, so that it has a gradient.
  private static Layer guided(DynamicRegionConv layer, Shape guide) {
    return (context, x) ->
        layer.build(context, x, context.weight("outside", guide, Initializer.zeros()));
  }

  // x and the filters are differentiated numerically, which the guide would disturb.
  private static Layer fixed(DynamicRegionConv layer, Shape shape) {
    float[] values = LayerTrial.normal(shape);
    return (context, x) ->
        layer.build(
            context,
            x,
            context
                .tf()
                .reshape(context.tf().constant(values), context.tf().constant(shape.asArray())));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void agreesWithPlainLoopsInEveryPhase(DynamicRegionConv layer) {
    for (Tower tower : List.of(Tower.training(), Tower.inference(), Tower.serving())) {
      try (LayerTrial trial =
          LayerTrial.of(layer, tower, SHAPE, LayerTrial.normal(SHAPE)).scatter()) {
        RegionReference reference = new RegionReference(layer, trial, XS);
        double[] own = reference.guide();
        double[] guide =
            layer.generator() == Generator.POOLED ? own : reference.resized(own, XS[1], XS[2]);
        ArrayAssertions.assertClose(trial.output(), reference.output(guide));
        assertThat(trial.shape())
            .isEqualTo(Shape.of(2, reference.results(6), reference.results(5), 4));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void worksWithDynamicSizes(DynamicRegionConv layer) {
    try (LayerTrial known = LayerTrial.inference(layer, SHAPE).scatter();
        LayerTrial unknown = LayerTrial.dynamic(layer, SHAPE).scatter()) {
      float[] expected = known.output();
      double[] wide = new double[expected.length];
      Arrays.setAll(wide, i -> expected[i]);
      ArrayAssertions.assertClose(unknown.output(), wide);
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void differentiatesTheMapAndTheFiltersThroughTheChosenRegion(DynamicRegionConv layer) {
    try (LayerTrial trial =
        LayerTrial.training(fixed(layer, Shape.of(2, 6, 5, layer.regions())), SHAPE).scatter()) {
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void differentiatesTheGuideThroughTheSoftmax(DynamicRegionConv layer) {
    int rows = new RegionReference(layer, null, XS).results(6);
    int columns = new RegionReference(layer, null, XS).results(5);
    Shape shape = Shape.of(2, rows, columns, layer.regions());
    for (Tower tower : List.of(Tower.training(), Tower.inference())) {
      try (LayerTrial trial =
          LayerTrial.of(guided(layer, shape), tower, SHAPE, LayerTrial.normal(SHAPE)).scatter()) {
        double[] guide = widened(trial.variable("outside"));
        float[] upstream = upstream(2 * rows * columns * 4);
        ArrayAssertions.assertClose(
            gradient(trial, "outside"),
            new RegionReference(layer, trial, XS).guideGradient(guide, upstream));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 2", "12, 10", "4, 7", "1, 1", "6, 5"})
  void resizesAGuideToTheNearestPixelBelow(int height, int width) {
    DynamicRegionConv layer = layer(Generator.EXPERTS, 3, 1, 1, 0, 4, 1);
    try (LayerTrial trial =
        LayerTrial.training(guided(layer, Shape.of(2, height, width, 3)), SHAPE).scatter()) {
      RegionReference reference = new RegionReference(layer, trial, XS);
      double[] guide = reference.resized(widened(trial.variable("outside")), height, width);
      ArrayAssertions.assertClose(trial.output(), reference.output(guide));
      assertThat(regions(trial)).containsExactly(reference.regions(guide));
      double[] fine = reference.guideGradient(guide, upstream(2 * 6 * 5 * 4));
      ArrayAssertions.assertClose(gradient(trial, "outside"), gathered(fine, height, width));
    }
  }

  // The gradient of a resize: every fine pixel adds to the coarse one that it was read from.
  private static double[] gathered(double[] fine, int height, int width) {
    double[] coarse = new double[2 * height * width * 3];
    for (int i = 0; i < fine.length; i++) {
      int pixel = i / 3;
      int row = pixel / 5 % 6 * height / 6;
      int column = pixel % 5 * width / 5;
      coarse[((pixel / 30 * height + row) * width + column) * 3 + i % 3] += fine[i];
    }
    return coarse;
  }

  @Test
  void theLowestRegionWinsATie() {
    for (Generator generator : Generator.values()) {
      DynamicRegionConv layer = layer(generator, 4, 1, 1, 0, 2, 1);
      try (LayerTrial trial = LayerTrial.inference(guided(layer, Shape.of(2, 6, 5, 4)), SHAPE)) {
        assertThat(regions(trial)).containsOnly(0);
        float[] tied = new float[2 * 6 * 5 * 4];
        for (int i = 0; i < tied.length; i++) {
          tied[i] = i % 4 >= 2 ? 1 : -1;
        }
        trial.assign("outside", tied);
        assertThat(regions(trial)).containsOnly(2);
      }
    }
  }

  @Test
  void oneRegionMayTakeAllPixels() {
    for (DynamicRegionConv layer : layers()) {
      Shape shape = Shape.of(2, 6, 5, layer.regions());
      try (LayerTrial trial = LayerTrial.training(guided(layer, shape), SHAPE).scatter()) {
        float[] last = new float[(int) shape.size()];
        for (int i = layer.regions() - 1; i < last.length; i += layer.regions()) {
          last[i] = 3;
        }
        trial.assign("outside", last);
        RegionReference reference = new RegionReference(layer, trial, XS);
        ArrayAssertions.assertClose(
            trial.output(), reference.output(reference.resized(widened(last), 6, 5)));
        trial.checkFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void staysFiniteOnConstantMapsSinglePixelsAndSingleImages(DynamicRegionConv layer) {
    DynamicRegionConv centred =
        new DynamicRegionConv(
            layer.generator(),
            layer.regions(),
            layer.kernel(),
            layer.stride(),
            Optional.empty(),
            0,
            layer.experts(),
            layer.dilation(),
            true);
    float[] constant = new float[2 * 4 * 4 * 3];
    Arrays.fill(constant, 3f);
    try (LayerTrial fresh =
        LayerTrial.of(centred, Tower.training(), Shape.of(2, 4, 4, 3), constant)) {
      fresh.checkFinite();
    }
    for (Shape shape : List.of(Shape.of(2, 1, 1, 3), Shape.of(1, 5, 4, 3))) {
      try (LayerTrial scattered = LayerTrial.training(centred, shape)) {
        scattered.scatter().checkFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void servedGraphHasNoGradientOps(DynamicRegionConv layer) {
    try (LayerTrial trial =
        LayerTrial.of(layer, Tower.serving(), SHAPE, LayerTrial.normal(SHAPE))) {
      assertThat(types(trial)).doesNotContain("IdentityN", "StopGradient");
    }
    try (LayerTrial trial = LayerTrial.training(layer, SHAPE)) {
      assertThat(types(trial)).contains("IdentityN");
    }
  }

  private static List<String> types(LayerTrial trial) {
    Stream.Builder<Operation> all = Stream.builder();
    trial.context().store().graph().operations().forEachRemaining(all);
    return all.build().map(Operation::type).toList();
  }

  @Test
  void namesAndCountsItsVariables() {
    try (LayerTrial pooled = LayerTrial.training(layer(Generator.POOLED, 4, 3, 1, 1, 8, 1), SHAPE);
        LayerTrial experts =
            LayerTrial.training(layer(Generator.EXPERTS, 4, 1, 1, 0, 8, 1), SHAPE);
        LayerTrial guided =
            LayerTrial.training(
                fixed(layer(Generator.POOLED, 4, 1, 1, 0, 8, 1), Shape.of(2, 6, 5, 4)), SHAPE)) {
      assertThat(pooled.names())
          .containsExactly(
              "guide/kernel",
              "guide/bias",
              "generator/squeeze/kernel",
              "generator/squeeze/bias",
              "generator/expand/kernel",
              "generator/expand/bias");
      assertThat(pooled.parameters())
          .isEqualTo(9 * 3 * 4 + 4 + 3 * 16 + 16 + 4 * 4 * 4 * 3 + 4 * 4 * 3);
      assertThat(experts.names())
          .containsExactly("guide/kernel", "experts", "routing/kernel", "routing/bias");
      assertThat(experts.parameters()).isEqualTo(3 * 4 + 8 * 3 * 4 + 3 * 32 + 32);
      assertThat(guided.names()).noneMatch(name -> name.startsWith("guide"));
    }
  }

  @Test
  void addsBiasAtAllPositions() {
    DynamicRegionConv plain = layer(Generator.POOLED, 2, 3, 1, 1, 8, 1);
    DynamicRegionConv biased =
        new DynamicRegionConv(Generator.POOLED, 2, 3, 1, Optional.of(1), 4, 8, 1, true, false);
    try (LayerTrial without = LayerTrial.training(plain, SHAPE);
        LayerTrial with = LayerTrial.training(biased, SHAPE)) {
      with.assign("bias", 1, 2, 3, 4);
      float[] base = without.output();
      double[] expected = new double[base.length];
      Arrays.setAll(expected, i -> base[i] + 1 + i % 4);
      ArrayAssertions.assertClose(with.output(), expected);
    }
  }

  @Test
  void roundTripsThroughJson() {
    JsonRecords json = LayerRegistry.json();
    for (Layer layer : layers()) {
      JsonElement written = json.write(layer, Layer.class);
      assertThat(json.read(written, Layer.class)).isEqualTo(layer);
    }
    assertThat(json.read(JsonRecords.parse("{\"type\": \"drconv\", \"kernel\": 1}"), Layer.class))
        .isEqualTo(
            new DynamicRegionConv(Generator.POOLED, 8, 1, 1, Optional.empty(), 0, 8, 1, false));
  }

  @Test
  void rejectsUnsupportedSettings() {
    refused(
        () -> layer(Generator.POOLED, 0, 3, 1, 1, 8, 1), "regions: expected at least 1, but got 0");
    refused(
        () -> layer(Generator.POOLED, 2, 0, 1, 1, 8, 1), "kernel: expected at least 1, but got 0");
    refused(
        () -> layer(Generator.POOLED, 2, 3, 0, 1, 8, 1), "stride: expected at least 1, but got 0");
    refused(() -> layer(Generator.POOLED, 2, 3, 1, -1, 8, 1), "padding: expected at least 0");
    refused(
        () -> layer(Generator.POOLED, 2, 3, 1, 1, 0, 1), "experts: expected at least 1, but got 0");
    refused(() -> layer(Generator.POOLED, 2, 3, 1, 1, 8, 0), "dilation: expected at least 1");
    refused(
        () -> new DynamicRegionConv(Generator.POOLED, 2, 3, 1, Optional.of(1), -4, 8, 1, false),
        "filters: expected at least 0, but got -4");
    DynamicRegionConv layer = layer(Generator.EXPERTS, 3, 3, 1, 0, 8, 1);
    refused(() -> guidedBy(layer, Shape.of(2, 6, 5, 4)), "guide: expected a map of shape");
    refused(() -> guidedBy(layer, Shape.of(2, 6, 3)), "guide: expected a map of shape");
    refused(() -> guidedBy(layer, Shape.of(3, 6, 5, 3)), "guide: expected a map of shape");
    refused(
        () -> LayerTrial.training(layer, Shape.of(1, 2, 8, 3)).close(),
        "kernel: a window of 3×3 with dilation 1");
    refused(() -> LayerTrial.training(layer, Shape.of(1, 9)).close(), "x: expected a feature map");
    refused(
        () ->
            LayerTrial.training(
                    new DynamicRegionConv(
                        Generator.POOLED, 100, 9, 1, Optional.of(4), 4000, 8, 1, false),
                    Shape.of(1, 9, 9, 4000))
                .close(),
        "filters: expected at most 2³¹ − 1 filter values for one image");
  }

  private static void guidedBy(DynamicRegionConv layer, Shape guide) {
    LayerTrial.training(guided(layer, guide), SHAPE).close();
  }

  private static void refused(Runnable action, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  // LayerTrial's weights of the outputs.
  private static float[] upstream(int size) {
    float[] weights = new float[size];
    Random random = new Random(17);
    for (int i = 0; i < size; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return weights;
  }

  private static float[] gradient(LayerTrial trial, String name) {
    return trial.gradients().get(1 + trial.names().indexOf(name));
  }

  private static int[] regions(LayerTrial trial) {
    BuildContext context = trial.context();
    @SuppressWarnings("unchecked")
    Operand<TInt32> regions = (Operand<TInt32>) context.published().get("regions");
    Operand<TFloat32> numbers = context.tf().dtypes.cast(regions, TFloat32.class);
    float[] values = trial.values(List.of(numbers)).get(0);
    int[] whole = new int[values.length];
    Arrays.setAll(whole, i -> (int) values[i]);
    return whole;
  }
}
