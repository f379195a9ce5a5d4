package dev.recal.ops.skip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.Tower;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.pool.AveragePool;
import dev.recal.ops.registry.LayerRegistry;
import dev.recal.ops.skip.SameLayerSlim.Form;
import dev.recal.ops.testing.LayerTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class SkipLayersTest {

  /** A skip layer from an average-pooled map to the map itself. */
  private record Pooled(SkipLayer layer, int scale) implements Layer {
    @Override
    public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
      Operand<TFloat32> low = scale == 1 ? x : AveragePool.of(scale).build(context, x);
      return layer.build(context, low, x);
    }
  }

  static List<Layer> all() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Pooled(new SkipLayerExcitation(), 2));
    layers.add(new Pooled(new SkipLayerSlim(2, 1, 2, true, false), 2));
    layers.add(new Pooled(new SkipLayerSlim(2, 4, 1, false, true), 1));
    layers.addAll(same());
    return layers;
  }

  static List<Layer> same() {
    return List.of(new SameLayerSlim(Form.STYLE_MASK, 2, 2, 2, 2), SameLayerSlim.queryKey(2, 4));
  }

  // Perturbing every variable is slow, so there are few cases; JointGroupsTest
  // compares the gradients of many more settings with those of ordinary layers.
  @ParameterizedTest
  @MethodSource("all")
  void gradientsAreCorrectInTraining(Layer layer) {
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(3, 8, 6, 8)).scatter()) {
      trial.checkGradients();
    }
  }

  @Test
  void gradientsAreCorrectInInferenceAndForUnevenSizes() {
    Layer layer = new Pooled(new SkipLayerSlim(2, 1, 1, true, false), 2);
    try (LayerTrial trial = LayerTrial.inference(layer, Shape.of(2, 7, 5, 8)).scatter()) {
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void staysFiniteOnConstantMapsSinglePixelsAndSingleImages(Layer layer) {
    float[] constant = new float[2 * 4 * 4 * 8];
    Arrays.fill(constant, 3f);
    finite(layer, Shape.of(2, 4, 4, 8), constant);
    int least = layer instanceof Pooled pooled ? pooled.scale() : 1;
    for (int batch : List.of(1, 2)) {
      Shape pixel = Shape.of(batch, least, least, 8);
      finite(layer, pixel, LayerTrial.normal(pixel), new float[(int) pixel.size()]);
    }
    finite(layer, Shape.of(1, 5, 4, 8), LayerTrial.normal(Shape.of(1, 5, 4, 8)));
  }

  private static void finite(Layer layer, Shape shape, float[] values, float[]... others) {
    for (Tower tower : List.of(Tower.training(), Tower.inference())) {
      try (LayerTrial trial = LayerTrial.of(layer, tower, shape, values)) {
        trial.checkFinite();
        for (float[] other : others) {
          trial.checkFinite(other);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void servesDynamicSizes(Layer layer) {
    for (Shape shape : List.of(Shape.of(2, 8, 12, 8), Shape.of(2, 9, 7, 8))) {
      float[] values = LayerTrial.normal(shape);
      try (LayerTrial inference = LayerTrial.inference(layer, shape);
          LayerTrial serving = LayerTrial.of(layer, Tower.serving(), shape, values);
          LayerTrial dynamic = LayerTrial.dynamic(layer, shape)) {
        // Groups are split for other runtimes, which changes rounding.
        close(serving.output(), inference.output());
        close(dynamic.output(), inference.output());
      }
    }
  }

  private static void close(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).isLessThan(1e-5f);
    }
  }

  @ParameterizedTest
  @MethodSource("same")
  void keepsChannelsAndDividesTheSizeByTheStride(Layer layer) {
    int stride = ((SameLayerSlim) layer).stride();
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(2, 7, 9, 8))) {
      long rows = (7 + stride - 1) / stride;
      assertThat(trial.shape()).isEqualTo(Shape.of(2, rows, (9 + stride - 1) / stride, 8));
      assertThat(trial.output()).hasSize((int) trial.shape().size());
    }
  }

  @Test
  void publishesMasksOfTheHighMapsSizeAndStyles() {
    Layer layer = new Pooled(new SkipLayerSlim(4, 1, 2, true, false), 2);
    Shape shape = Shape.of(2, 8, 12, 8);
    try (LayerTrial trial = LayerTrial.training(layer, shape).scatter()) {
      Operand<TFloat32> masks = published(trial, "masks");
      Operand<TFloat32> styles = published(trial, "styles");
      assertThat(masks.shape()).isEqualTo(Shape.of(2, 8, 12, 4));
      assertThat(styles.shape().get(1)).isEqualTo(4);
      assertThat(styles.shape().get(2)).isEqualTo(8);
      List<float[]> values = trial.values(List.of(masks, styles));
      float[] x = trial.input();
      float[] y = trial.output();
      for (int i = 0; i < y.length; i++) {
        int pixel = i / 8;
        double sum = 1e-6;
        double styled = 0;
        for (int g = 0; g < 4; g++) {
          float mask = values.get(0)[pixel * 4 + g];
          assertThat(mask).isBetween(0f, 1f);
          sum += mask;
          styled += mask * values.get(1)[(pixel / 96 * 4 + g) * 8 + i % 8];
        }
        assertThat(Math.abs(y[i] - x[i] * (1 + styled / sum))).isLessThan(1e-4);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> published(LayerTrial trial, String name) {
    return (Operand<TFloat32>) trial.context().published().get(name);
  }

  @Test
  void startsNearTheIdentity() {
    Layer layer = new Pooled(new SkipLayerSlim(4, 1, 2, true, false), 2);
    Shape shape = Shape.of(4, 16, 16, 64);
    float[] ones = new float[(int) shape.size()];
    Arrays.fill(ones, 1f);
    float[] mixed = LayerTrial.normal(shape);
    for (int i = 0; i < ones.length; i++) {
      ones[i] += 0.2f * mixed[i];
    }
    try (LayerTrial trial = LayerTrial.of(layer, Tower.training(), shape, ones)) {
      double sum = 0;
      for (float value : trial.output()) {
        sum += value;
      }
      assertThat(sum / ones.length).isBetween(0.8, 1.2);
    }
  }

  @Test
  void noiseIsReproducibleAndZeroWithoutGain() {
    Shape shape = Shape.of(2, 8, 8, 8);
    Layer noisy = new Pooled(new SkipLayerSlim(4, 1, 1, true, true), 2);
    Layer quiet = new Pooled(new SkipLayerSlim(4, 1, 1, true, false), 2);
    try (LayerTrial first = LayerTrial.inference(noisy, shape);
        LayerTrial second = LayerTrial.inference(noisy, shape);
        LayerTrial without = LayerTrial.inference(quiet, shape)) {
      assertThat(first.output()).isEqualTo(without.output());
      first.assign("noise_gain", 2f);
      second.assign("noise_gain", 2f);
      assertThat(first.output()).isEqualTo(second.output()).isNotEqualTo(without.output());
    }
  }

  @Test
  void inferenceDrawsOneMapOfNoiseForAllImages() {
    Layer layer = new Pooled(new SkipLayerSlim(2, 1, 1, true, true), 2);
    Shape shape = Shape.of(2, 8, 8, 4);
    float[] x = LayerTrial.normal(shape);
    System.arraycopy(x, 0, x, x.length / 2, x.length / 2);
    try (LayerTrial inference = LayerTrial.of(layer, Tower.inference(), shape, x).scatter();
        LayerTrial training = LayerTrial.of(layer, Tower.training(), shape, x).scatter()) {
      float[] alike = inference.output();
      assertThat(Arrays.copyOf(alike, alike.length / 2))
          .isEqualTo(Arrays.copyOfRange(alike, alike.length / 2, alike.length));
      float[] apart = training.output();
      assertThat(Arrays.copyOf(apart, apart.length / 2))
          .isNotEqualTo(Arrays.copyOfRange(apart, apart.length / 2, apart.length));
    }
  }

  @Test
  void biasesBeforeBatchNormHaveNoGradientInTraining() {
    Layer layer = new Pooled(new SkipLayerSlim(2, 1, 1, true, false), 2);
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(2, 8, 8, 8)).scatter()) {
      List<float[]> gradients = trial.gradients();
      List<String> names =
          trial.context().store().trainable().stream().map(variable -> variable.name()).toList();
      List<String> still = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        boolean zero = true;
        for (float value : gradients.get(i + 1)) {
          zero &= value == 0;
        }
        if (zero) {
          still.add(names.get(i).substring("group0/".length()));
        }
      }
      assertThat(still)
          .contains("mask/reduce/bias", "mask/conv1/bias", "mask/conv2/bias", "style/reduce/bias")
          .doesNotContain("mask/project/bias", "style/expand/bias", "mask/conv1/kernel");
    }
  }

  @ParameterizedTest
  @CsvSource({"512, 64", "256, 32", "128, 16"})
  void countsParameters(int from, int to) {
    int share = from / 4;
    int hidden = Math.max(1, share / 16);
    long unit = 3L * hidden;
    long mask = share * hidden + unit + 2 * (9L * hidden * hidden + unit) + hidden + 1;
    long style = share * hidden + unit + (long) hidden * to + to;
    long slim = count(SkipLayerSlim.defaults(), from, to);
    assertThat(count(new SkipLayerExcitation(), from, to))
        .isEqualTo(16L * from * to + (long) to * to);
    assertThat(slim).isEqualTo(4 * (mask + style));
    if (from == 512) {
      assertThat(slim).isEqualTo(15524);
    }
  }

  private static long count(SkipLayer layer, int from, int to) {
    Layer both =
        (context, x) -> {
          Ops tf = context.tf();
          Operand<TFloat32> high =
              tf.slice(
                  x, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {1, 4, 4, to}));
          return layer.build(context, x, high);
        };
    try (LayerTrial trial = LayerTrial.training(both, Shape.of(1, 4, 4, from))) {
      return trial.parameters();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip-layer-excitation", "skip-layer-slim"})
  void roundTripsThroughJson(String name) {
    JsonRecords json = LayerRegistry.json();
    SkipLayer layer = json.read(JsonRecords.parse("\"" + name + "\""), SkipLayer.class);
    assertThat(layer).isInstanceOf(LayerRegistry.skipLayers().get(name));
    JsonElement written = json.write(layer, SkipLayer.class);
    assertThat(json.read(written, SkipLayer.class)).isEqualTo(layer);
  }

  @Test
  void readsSettings() {
    JsonRecords json = LayerRegistry.json();
    assertThat(
            json.read(
                JsonRecords.parse(
                    "{\"type\": \"skip-layer-slim\", \"reduction\": 1, \"styleNorm\": false}"),
                SkipLayer.class))
        .isEqualTo(new SkipLayerSlim(4, 1, 2, false, false));
    assertThat(
            json.read(
                JsonRecords.parse("{\"type\": \"same-layer-slim\", \"form\": \"query-key\"}"),
                SpatialLayer.class))
        .isEqualTo(SameLayerSlim.queryKey(4, 16));
  }

  @Test
  void rejectsInvalidSettingsByName() {
    assertThatThrownBy(() -> new SkipLayerSlim(0, 1, 1, true, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("groups: expected at least 1, but got 0.");
    assertThatThrownBy(() -> new SkipLayerSlim(4, -16, 1, true, false))
        .hasMessage("reduction: expected at least 1, but got -16.");
    assertThatThrownBy(() -> new SkipLayerSlim(4, 1, 0, true, false))
        .hasMessageStartingWith("dilation:");
    assertThatThrownBy(() -> new SameLayerSlim(Form.STYLE_MASK, 4, 1, 1, 0))
        .hasMessageStartingWith("stride:");
    assertThatThrownBy(() -> new SameLayerSlim(Form.QUERY_KEY, 4, 1, 2, 1))
        .hasMessageStartingWith(
            "dilation: expected 1, since the query-key form has no dilated convolutions");
  }

  @Test
  void rejectsInvalidMapsByName() {
    Shape shape = Shape.of(2, 4, 4, 6);
    assertThatThrownBy(() -> LayerTrial.training(new Pooled(SkipLayerSlim.defaults(), 2), shape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("groups: expected a divisor of the 6 channels of low, but got 4.");
    for (Form form : Form.values()) {
      assertThatThrownBy(() -> LayerTrial.training(new SameLayerSlim(form, 4, 1, 1, 1), shape))
          .hasMessage("groups: expected a divisor of the 6 channels of x, but got 4.");
    }
    assertThatThrownBy(() -> LayerTrial.training(SameLayerSlim.queryKey(2, 1).sized(12, 2), shape))
        .hasMessage(
            "channels: expected the 6 channels of x, which same-layer SLIM keeps, but got 12.");
    SkipLayerSlim slim = new SkipLayerSlim(2, 1, 1, true, false);
    refuses(
        (context, x) -> slim.build(context, x, context.tf().math.mean(x, axis(context.tf(), 1))),
        "high: expected a feature map of shape (N, H, W, C), but got shape [2, 4, 6].");
    refuses(
        (context, x) -> slim.build(context, context.tf().math.mean(x, axis(context.tf(), 2)), x),
        "low: expected a feature map");
    refuses(
        (context, x) -> slim.build(context, x, first(context.tf(), x)),
        "high: expected the size 2 of low in dimension 0, but got shape [1, 4, 4, 6].");
    refuses(
        (context, x) -> new SkipLayerExcitation().build(context, x, first(context.tf(), x)),
        "high: expected the size 2 of low in dimension 0");
    refuses(
        (context, x) -> slim.build(context, x, x, x),
        "noise: expected none, since this layer's settings have no noise, but got a map.");
    SkipLayerSlim noisy = new SkipLayerSlim(2, 1, 1, true, true);
    refuses(
        (context, x) -> noisy.build(context, x, x, x),
        "noise: expected one channel, but got shape [2, 4, 4, 6].");
  }

  private static void refuses(Layer layer, String message) {
    assertThatThrownBy(() -> LayerTrial.training(layer, Shape.of(2, 4, 4, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static Operand<TInt32> axis(Ops tf, int number) {
    return tf.constant(new int[] {number});
  }

  private static Operand<TFloat32> first(Ops tf, Operand<TFloat32> x) {
    return tf.slice(x, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {1, 4, 4, 6}));
  }
}
