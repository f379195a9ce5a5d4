package dev.recal.ops.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class CubicResizeTest {

  @ParameterizedTest
  @CsvSource({"7,9,0.75,6,7", "40,23,0.134,6,4", "5,8,1.333,6,10", "13,13,1,13,13", "9,6,2,18,12"})
  void equalsItsDefinition(int height, int width, double factor, int rows, int columns) {
    Random random = new Random(height);
    float[] image = new float[height * width * 3];
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextInt(256) / 127.5f - 1;
    }

    float[] resized = resized(image, height, width, 3, factor, rows, columns);

    double[] expected = definition(image, height, width, factor, rows, columns);
    assertThat(resized).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) resized[i]).as("value %d", i).isCloseTo(expected[i], within(1e-4));
    }
  }

  @Test
  void keepsTheLevelsOfAnImageAndTruncatesOthers() {
    float[] image = new float[257];
    for (int level = 0; level < 256; level++) {
      image[level] = (level / 255f - 0.5f) * 2;
    }
    image[256] = 100.9f / 127.5f - 1;

    float[] truncated = resized(image, 1, 257, 1, 1, 1, 257);

    for (int level = 0; level < 256; level++) {
      assertThat((truncated[level] + 1) * 127.5).isCloseTo(level, within(1e-3));
    }
    assertThat((truncated[256] + 1) * 127.5).isCloseTo(100, within(1e-3));
  }

  private static float[] resized(
      float[] image, int height, int width, int channels, double factor, int rows, int columns) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> input =
          tf.constant(Shape.of(1, height, width, channels), DataBuffers.of(image));
      Operand<TFloat32> output = CubicResize.resize(tf, input, factor, rows, columns);
      assertThat(output.shape()).isEqualTo(Shape.of(1, rows, columns, channels));
      try (Result result = session.runner().fetch(output).run()) {
        float[] values = new float[rows * columns * channels];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  // Pixel by pixel in double precision: the sum over the reflected image of weight times value.
  private static double[] definition(
      float[] image, int height, int width, double factor, int rows, int columns) {
    double[] result = new double[rows * columns * 3];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        double[] sums = new double[3];
        double whole = 0;
        double fromY = (y + 0.5) / factor - 0.5;
        double fromX = (x + 0.5) / factor - 0.5;
        for (int i = -height; i < 2 * height; i++) {
          for (int j = -width; j < 2 * width; j++) {
            double weight = weight(fromY - i, factor) * weight(fromX - j, factor);
            whole += weight;
            int at = (reflected(i, height) * width + reflected(j, width)) * 3;
            for (int c = 0; c < 3; c++) {
              sums[c] += weight * image[at + c];
            }
          }
        }
        for (int c = 0; c < 3; c++) {
          result[(y * columns + x) * 3 + c] = Math.max(-1, Math.min(1, sums[c] / whole));
        }
      }
    }
    return result;
  }

  private static int reflected(int i, int size) {
    return i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i;
  }

  // Keys 1981 with a = −1/2.
  private static double weight(double distance, double factor) {
    double x = Math.abs(distance * Math.min(1, factor));
    if (x <= 1) {
      return 1.5 * x * x * x - 2.5 * x * x + 1;
    }
    return x <= 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
  }
}
