package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class RoiAlignTest {

  private static final int CHANNELS = 3;
  private static final int BATCH = 2;
  private static final int[][] SIZES = {{24, 32}, {12, 16}, {6, 8}};
  private static final int STRIDE = 4;
  private static final List<Long> TWICE = List.of(1L, 2L, 2L, 1L);

  private final Random random = new Random(7);
  private final List<float[]> maps =
      Arrays.stream(SIZES).map(size -> normal(BATCH * size[0] * size[1] * CHANNELS)).toList();

  @ParameterizedTest
  @EnumSource(Conventions.class)
  void allFormsEqualTheirDefinitionOnSeveralLevels(Conventions conventions) {
    RoiAlign roiAlign = RoiAlign.of(conventions, 3);
    float[] boxes = Evaluated.randomBoxes(random, 40, 96, 128);
    // Larger than the image, without extent, entirely outside, and touching the border.
    float[] special = {
      -40, -30, 190, 150, -80, -70, 250, 210, 50, 20, 50, 20, 300, 300, 320, 340, 124, 92, 128, 96
    };
    System.arraycopy(special, 0, boxes, 0, special.length);
    int[] images = random.ints(40, 0, BATCH).toArray();

    Evaluated run =
        Evaluated.of(
            e -> {
              Ops tf = e.tf();
              Pyramid pyramid = pyramid(e, true);
              Operand<TFloat32> rois = e.boxes(boxes);
              Operand<TInt32> indices = tf.constant(images);
              Operand<TFloat32> cropped = roiAlign.build(tf, pyramid, rois, indices);
              Operand<TFloat32> gathered = roiAlign.gathered(tf, pyramid, rois, indices);
              Operand<TFloat32> multiplied = roiAlign.sparseProduct(tf, pyramid, rois, indices);
              assertThat(List.of(cropped.shape(), gathered.shape(), multiplied.shape()))
                  .containsOnly(Shape.of(40, 3, 3, CHANNELS));
              return List.of(cropped, gathered, multiplied, roiAlign.levels(tf, pyramid, rois));
            });

    int[] levels = run.ints(3);
    assertThat(levels).contains(0, 1, 2);
    for (int r = 0; r < 40; r++) {
      float[] box = Arrays.copyOfRange(boxes, 4 * r, 4 * r + 4);
      double extra = conventions.inclusive() ? 1 : 0;
      double size = Math.sqrt((box[2] - box[0] + extra) * (box[3] - box[1] + extra));
      assertThat(levels[r])
          .isEqualTo(
              (int) Math.max(0, Math.min(2, Math.floor(Math.log(size / 56 + 1e-6) / Math.log(2)))));
      double[] expected = definition(roiAlign, box, images[r], levels[r]);
      for (int form = 0; form < 3; form++) {
        float[] output = run.floats(form);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) output[r * expected.length + i])
              .as("form %d, box %s", form, Arrays.toString(box))
              .isCloseTo(expected[i], within(form == 2 ? 1e-5 : 2e-5));
        }
      }
    }
  }

  // Σ w ⊙ output is linear in the map, so Σ gradient ⊙ map = Σ w ⊙ output.
  @Test
  void gradientsOfTheOtherFormsEqualEachOtherAndTheOutput() {
    RoiAlign roiAlign = RoiAlign.of(Conventions.TORCHVISION, 3);
    float[] boxes = Evaluated.randomBoxes(random, 30, 96, 128);
    int[] images = random.ints(30, 0, BATCH).toArray();
    float[] weights = normal(30 * 9 * CHANNELS);

    Evaluated run =
        Evaluated.of(
            e -> {
              Ops tf = e.tf();
              Pyramid pyramid = pyramid(e, false);
              Operand<TFloat32> rois = e.feed(Shape.of(-1, 4), Shape.of(30, 4), boxes);
              Operand<TInt32> indices = tf.constant(images);
              Operand<TFloat32> w =
                  tf.reshape(tf.constant(weights), tf.constant(new int[] {30, 3, 3, CHANNELS}));
              Operand<TFloat32> cropped = roiAlign.build(tf, pyramid, rois, indices);
              assertThatThrownBy(() -> Gradients.of(cropped, pyramid.maps(), Optional.of(w)))
                  .hasMessageContaining("CropAndResize")
                  .hasMessageContaining("without synchronisation");
              List<Operand<?>> fetches = new ArrayList<>(List.of(cropped));
              for (Operand<TFloat32> form :
                  List.of(
                      roiAlign.gathered(tf, pyramid, rois, indices),
                      roiAlign.sparseProduct(tf, pyramid, rois, indices))) {
                fetches.addAll(Gradients.of(form, pyramid.maps(), Optional.of(w)));
              }
              return fetches;
            });

    double value = dot(run.floats(0), weights);
    double linear = 0;
    for (int level = 0; level < SIZES.length; level++) {
      linear += dot(run.floats(1 + level), maps.get(level));
      assertThat(run.floats(1 + SIZES.length + level))
          .usingElementComparator((a, b) -> Math.abs(a - b) <= 1e-5f ? 0 : Float.compare(a, b))
          .containsExactly(run.floats(1 + level));
    }
    assertThat(linear).isCloseTo(value, within(1e-3));
  }

  @Test
  void noBoxesAndCoordinatesThatAreNotFiniteHaveDefinedResults() {
    RoiAlign roiAlign = RoiAlign.of(Conventions.PLAIN, 2);
    float nan = Float.NaN;
    float[] boxes = {nan, nan, nan, nan, Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY, 9};
    float[] huge = {nan, 0, 9, 9, -3e38f, -3e38f, 3e38f, 3e38f};
    Evaluated run =
        Evaluated.of(
            e -> {
              Ops tf = e.tf();
              Pyramid pyramid = pyramid(e, true);
              Operand<TInt32> two = tf.constant(new int[] {0, 1});
              Operand<TFloat32> none = e.feed(Shape.of(-1, 4), Shape.of(0, 4));
              Operand<TInt32> noImages = tf.constant(new int[0]);
              Operand<TFloat32> empty = roiAlign.build(tf, pyramid, none, noImages);
              Operand<TFloat32> gathered = roiAlign.gathered(tf, pyramid, none, noImages);
              Operand<TFloat32> multiplied = roiAlign.sparseProduct(tf, pyramid, none, noImages);
              return List.of(
                  roiAlign.build(tf, pyramid, e.boxes(boxes), two),
                  roiAlign.gathered(tf, pyramid, e.boxes(boxes), two),
                  roiAlign.sparseProduct(tf, pyramid, e.boxes(boxes), two),
                  roiAlign.build(tf, pyramid, e.boxes(huge), two),
                  roiAlign.gathered(tf, pyramid, e.boxes(huge), two),
                  roiAlign.sparseProduct(tf, pyramid, e.boxes(huge), two),
                  empty,
                  gathered,
                  multiplied,
                  Gradients.of(gathered, pyramid.maps()).get(0),
                  Gradients.of(multiplied, pyramid.maps()).get(0));
            });
    for (int i = 0; i < 6; i++) {
      for (float value : run.floats(i)) {
        assertThat(value).isFinite();
      }
    }
    assertThat(run.floats(0)).containsOnly(0);
    assertThat(run.floats(2)).containsOnly(0);
    for (int i = 6; i < 9; i++) {
      assertThat(run.floats(i)).isEmpty();
    }
    assertThat(run.floats(9)).containsOnly(0);
    assertThat(run.floats(10)).containsOnly(0);
  }

  // Many regions share pixels, and the session has more threads than the levels need.
  @Test
  void sparseProductAndItsGradientAreEqualInRepeatedRunsOfSeveralThreads() {
    RoiAlign roiAlign = RoiAlign.of(Conventions.PLAIN, 7);
    float[] boxes = Evaluated.randomBoxes(random, 300, 96, 128);
    float[] several = normal(BATCH * 24 * 32 * 64);
    ConfigProto threads =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(8)
            .setInterOpParallelismThreads(8)
            .build();
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> map = tf.constant(Shape.of(BATCH, 24, 32, 64), DataBuffers.of(several));
      Operand<TFloat32> half = tf.nn.avgPool(map, TWICE, TWICE, "VALID");
      Pyramid pyramid = new Pyramid(List.of(map, half), List.of(STRIDE, 2 * STRIDE));
      Operand<TFloat32> rois = tf.constant(Shape.of(300, 4), DataBuffers.of(boxes));
      Operand<TInt32> images = tf.constant(random.ints(300, 0, BATCH).toArray());
      Operand<TFloat32> pooled = roiAlign.sparseProduct(tf, pyramid, rois, images);
      Operand<TFloat32> gradient = Gradients.of(pooled, List.of(map), Optional.of(pooled)).get(0);
      try (Session session = new Session(graph, threads)) {
        Set<Integer> results = new HashSet<>();
        for (int i = 0; i < 10; i++) {
          try (Result result = session.runner().fetch(pooled).fetch(gradient).run()) {
            results.add(Arrays.deepHashCode(new float[][] {values(result, 0), values(result, 1)}));
          }
        }
        assertThat(results).hasSize(1);
      }
    }
  }

  private static float[] values(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  @Test
  void gradientOfTheSparseProductEqualsDifferences() {
    RoiAlign roiAlign = RoiAlign.of(Conventions.TORCHVISION, 2);
    float[] point = normal(5 * 6);
    // Across the border, and smaller than a pixel.
    float[] boxes = {-6, 3, 17, 30, 9, 9, 10, 10, 1, 2, 20, 13};
    float[] weights = normal(3 * 2 * 2);
    Function<float[], Evaluated> at =
        values ->
            Evaluated.of(
                e -> {
                  Ops tf = e.tf();
                  Shape shape = Shape.of(1, 5, 6, 1);
                  Operand<TFloat32> map = e.feed(shape, shape, values);
                  Operand<TFloat32> pooled =
                      roiAlign.sparseProduct(
                          tf, Pyramid.of(map, 4), e.boxes(boxes), tf.constant(new int[3]));
                  Operand<TFloat32> w = tf.constant(Shape.of(3, 2, 2, 1), DataBuffers.of(weights));
                  return List.of(pooled, Gradients.of(pooled, List.of(map), Optional.of(w)).get(0));
                });
    float[] gradient = at.apply(point).floats(1);
    for (int i = 0; i < point.length; i++) {
      // The output is linear in the map, so large steps are exact.
      float[] more = point.clone();
      more[i] += 1;
      double difference =
          dot(at.apply(more).floats(0), weights) - dot(at.apply(point).floats(0), weights);
      assertThat((double) gradient[i]).isCloseTo(difference, within(1e-5));
    }
  }

  @Test
  void invalidArgumentsAreNamed() {
    assertThatThrownBy(() -> new RoiAlign(0, 2, true, false, 0))
        .hasMessage("size: expected at least 1, but got 0.");
    assertThatThrownBy(() -> new RoiAlign(7, 2, true, false, Float.NaN))
        .hasMessage("minimumExtent: expected at least 0, but got NaN.");
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> map = tf.zeros(tf.constant(new int[] {1, 4, 4, 2}), TFloat32.class);
      Operand<TFloat32> boxes = tf.zeros(tf.constant(new int[] {3, 4}), TFloat32.class);
      Operand<TInt32> images = tf.constant(new int[] {0, 0});
      Pyramid pyramid = Pyramid.of(map, 4);
      RoiAlign roiAlign = RoiAlign.of(Conventions.PLAIN, 7);
      assertThatThrownBy(() -> roiAlign.build(tf, pyramid, boxes, images))
          .hasMessageStartingWith(
              "images: expected shape (R) for boxes of shape [3, 4], but got [2]");
      assertThatThrownBy(() -> roiAlign.build(tf, pyramid, map, images))
          .hasMessageStartingWith("boxes: expected boxes of shape (R, 4)");
      assertThatThrownBy(() -> new Pyramid(List.of(map, map), List.of(4, 9)))
          .hasMessage("strides: expected each twice the one before, but got [4, 9].");
    }
  }

  private Pyramid pyramid(Evaluated e, boolean known) {
    List<Operand<TFloat32>> operands = new ArrayList<>();
    for (int level = 0; level < SIZES.length; level++) {
      Shape shape = Shape.of(BATCH, SIZES[level][0], SIZES[level][1], CHANNELS);
      operands.add(e.feed(known ? shape : Shape.of(-1, -1, -1, CHANNELS), shape, maps.get(level)));
    }
    return new Pyramid(operands, List.of(STRIDE, 2 * STRIDE, 4 * STRIDE));
  }

  private double[] definition(RoiAlign settings, float[] box, int image, int level) {
    double scale = 1. / (STRIDE << level);
    double shift = settings.aligned() ? 0.5 : 0;
    double extra = settings.inclusive() ? 1 : 0;
    double x = box[0] * scale - shift;
    double y = box[1] * scale - shift;
    double width = Math.max((box[2] + extra) * scale - shift - x, settings.minimumExtent());
    double height = Math.max((box[3] + extra) * scale - shift - y, settings.minimumExtent());
    int n = settings.size();
    int ratio = settings.samplingRatio();
    double[] result = new double[n * n * CHANNELS];
    for (int i = 0; i < n * ratio; i++) {
      for (int j = 0; j < n * ratio; j++) {
        for (int c = 0; c < CHANNELS; c++) {
          result[(i / ratio * n + j / ratio) * CHANNELS + c] +=
              sample(
                      maps.get(level),
                      SIZES[level],
                      image,
                      y + (i + 0.5) * height / (n * ratio),
                      x + (j + 0.5) * width / (n * ratio),
                      c)
                  / (ratio * ratio);
        }
      }
    }
    return result;
  }

  private static double sample(float[] map, int[] size, int image, double y, double x, int c) {
    if (y < -1 || y > size[0] || x < -1 || x > size[1]) {
      return 0;
    }
    double row = Math.max(0, Math.min(size[0] - 1, y));
    double column = Math.max(0, Math.min(size[1] - 1, x));
    double sum = 0;
    for (int i = 0; i < size[0]; i++) {
      for (int j = 0; j < size[1]; j++) {
        double weight = Math.max(0, 1 - Math.abs(row - i)) * Math.max(0, 1 - Math.abs(column - j));
        sum += weight * map[((image * size[0] + i) * size[1] + j) * CHANNELS + c];
      }
    }
    return sum;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private float[] normal(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
