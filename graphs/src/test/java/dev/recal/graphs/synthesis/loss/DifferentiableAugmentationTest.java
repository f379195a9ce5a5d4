package dev.recal.graphs.synthesis.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Each change compared with its definition on plain arrays, and all together with one after the
 * other.
 */
class DifferentiableAugmentationTest {

  private static final int COUNT = 6;
  private static final int SIZE = 16;
  private static final int PIXELS = SIZE * SIZE;
  private static final int VALUES = PIXELS * 3;
  private static final Offset<Float> NEAR = Offset.offset(2e-5f);

  private static final DifferentiableAugmentation BRIGHTNESS =
      new DifferentiableAugmentation(0.5, 0, 0, 0);
  private static final DifferentiableAugmentation SATURATION =
      new DifferentiableAugmentation(0, 1, 0, 0);
  private static final DifferentiableAugmentation CONTRAST =
      new DifferentiableAugmentation(0, 0, 0.5, 0);
  private static final DifferentiableAugmentation TRANSLATION =
      new DifferentiableAugmentation(0, 0, 0, 0.125);

  private final float[] images = random(1);

  private static float[] random(long seed) {
    Random random = new Random(seed);
    float[] values = new float[COUNT * VALUES];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private static float[] run(float[] fed, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> f) {
    Shape shape = Shape.of(COUNT, SIZE, SIZE, 3);
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
      Operand<TFloat32> y = tf.identity(f.apply(tf, x));
      try (Session session = new Session(graph);
          TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(fed));
          Result result = session.runner().feed(x, tensor).fetch(y).run()) {
        TFloat32 values = (TFloat32) result.get(0);
        float[] all = new float[(int) values.size()];
        values.copyTo(DataBuffers.of(all));
        return all;
      }
    }
  }

  private float[] apply(DifferentiableAugmentation augmentation, float[] fed, long seed) {
    return run(fed, (tf, x) -> augmentation.apply(tf, x, tf.constant(new long[] {seed, 5})));
  }

  @Test
  void brightnessAddsOneNumberToAnImage() {
    float[] changed = apply(BRIGHTNESS, images, 1);
    Set<Float> numbers = new HashSet<>();
    for (int image = 0; image < COUNT; image++) {
      float added = changed[image * VALUES] - images[image * VALUES];
      assertThat(added).isBetween(-0.5f, 0.5f);
      numbers.add(added);
      for (int i = image * VALUES; i < (image + 1) * VALUES; i++) {
        assertThat(changed[i]).isEqualTo(images[i] + added, NEAR);
      }
    }
    assertThat(numbers).hasSize(COUNT);
  }

  @Test
  void saturationStretchesAPixelAboutTheMeanOfItsChannels() {
    float[] changed = apply(SATURATION, images, 1);
    for (int image = 0; image < COUNT; image++) {
      float factor = Float.NaN;
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        int at = image * VALUES + 3 * pixel;
        float mean = (images[at] + images[at + 1] + images[at + 2]) / 3;
        if (pixel == 0) {
          factor = (changed[at] - mean) / (images[at] - mean);
          assertThat(factor).isBetween(0f, 2f);
        }
        for (int c = 0; c < 3; c++) {
          assertThat(changed[at + c])
              .isEqualTo((images[at + c] - mean) * factor + mean, Offset.offset(1e-4f));
        }
      }
    }
  }

  @Test
  void contrastStretchesAnImageAboutItsMean() {
    float[] changed = apply(CONTRAST, images, 1);
    for (int image = 0; image < COUNT; image++) {
      double sum = 0;
      for (int i = image * VALUES; i < (image + 1) * VALUES; i++) {
        sum += images[i];
      }
      float mean = (float) (sum / VALUES);
      int first = image * VALUES;
      float factor = (changed[first] - mean) / (images[first] - mean);
      assertThat(factor).isBetween(0.5f, 1.5f);
      for (int i = first; i < first + VALUES; i++) {
        assertThat(changed[i]).isEqualTo((images[i] - mean) * factor + mean, Offset.offset(1e-4f));
      }
    }
  }

  @Test
  void translationMovesByWholePixelsAndLeavesZeros() {
    Set<List<Integer>> shifts = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      float[] changed = apply(TRANSLATION, images, seed);
      for (int image = 0; image < COUNT; image++) {
        List<List<Integer>> found = new ArrayList<>();
        for (int down = -2; down <= 2; down++) {
          for (int right = -2; right <= 2; right++) {
            if (isMoved(changed, image, down, right)) {
              found.add(List.of(down, right));
            }
          }
        }
        assertThat(found).hasSize(1);
        shifts.add(found.get(0));
      }
    }
    // 120 draws of 25 shifts: 99.9 % of the time at most three are missing.
    assertThat(shifts).hasSizeGreaterThanOrEqualTo(21);
  }

  private boolean isMoved(float[] changed, int image, int down, int right) {
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        boolean inside = y - down >= 0 && y - down < SIZE && x - right >= 0 && x - right < SIZE;
        for (int c = 0; c < 3; c++) {
          float expected =
              inside ? images[image * VALUES + ((y - down) * SIZE + x - right) * 3 + c] : 0;
          if (changed[image * VALUES + (y * SIZE + x) * 3 + c] != expected) {
            return false;
          }
        }
      }
    }
    return true;
  }

  @Test
  void combinedEqualsSequential() {
    float[] expected = images;
    for (DifferentiableAugmentation one : List.of(BRIGHTNESS, SATURATION, CONTRAST, TRANSLATION)) {
      expected = apply(one, expected, 3);
    }
    assertThat(apply(DifferentiableAugmentation.defaults(), images, 3))
        .containsExactly(expected, NEAR);
  }

  @Test
  void aSeedRepeatsAndAnotherDiffers() {
    DifferentiableAugmentation all = DifferentiableAugmentation.defaults();
    assertThat(apply(all, images, 4)).isEqualTo(apply(all, images, 4));
    assertThat(apply(all, images, 4)).isNotEqualTo(apply(all, images, 5));
    assertThat(apply(DifferentiableAugmentation.none(), images, 4)).isEqualTo(images);
  }

  /** The augmentation is linear but for a constant, so a difference of any size is exact. */
  @Test
  void gradientMatchesFiniteDifferences() {
    float[] weights = random(2);
    float[] direction = random(3);
    BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> loss =
        (tf, x) -> {
          Operand<TFloat32> y =
              DifferentiableAugmentation.defaults().apply(tf, x, tf.constant(new long[] {6, 6}));
          Operand<TFloat32> w =
              tf.reshape(tf.constant(weights), tf.constant(new int[] {COUNT, SIZE, SIZE, 3}));
          return tf.reduceSum(tf.math.mul(y, w), tf.constant(new int[] {0, 1, 2, 3}));
        };
    float[] gradient = run(images, (tf, x) -> Gradients.of(loss.apply(tf, x), List.of(x)).get(0));
    float[] moved = images.clone();
    double along = 0;
    for (int i = 0; i < moved.length; i++) {
      moved[i] += direction[i];
      along += gradient[i] * (double) direction[i];
    }
    double slope = run(moved, loss)[0] - run(images, loss)[0];
    assertThat(along).isCloseTo(slope, Offset.offset(1e-3 * Math.abs(slope) + 1e-3));
  }

  @Test
  void rejectsInvalidSettings() {
    assertThatThrownBy(() -> new DifferentiableAugmentation(-1, 0, 0, 0))
        .hasMessage("brightness: expected at least 0, but got -1.0.");
    assertThatThrownBy(() -> new DifferentiableAugmentation(0, 0, 0, 1.5))
        .hasMessage("translation: expected at most 1, but got 1.5.");
  }
}
