package dev.recal.graphs.detection.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import dev.recal.ops.detection.Conventions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

class MaskTargetsTest {

  private static final int HEIGHT = 45;
  private static final int WIDTH = 61;
  private static final int SIZE = 7;

  /** Boxes of all sizes, also at the border and of no extent. */
  private static final float[][] BOXES = {
    {3.2f, 4.9f, 20.7f, 31.1f},
    {0, 0, 61, 45},
    {10, 10, 10, 10},
    {55.5f, 40.25f, 61, 45},
    {30.1f, 2, 30.9f, 44},
    {0, 12.5f, 60, 13.5f}
  };

  @ParameterizedTest
  @EnumSource(Conventions.class)
  void targetsEqualTheirDefinitionSampleBySample(Conventions conventions) {
    SplittableRandom random = new SplittableRandom(3);
    int[][][] masks = new int[2][HEIGHT][WIDTH];
    for (int[][] mask : masks) {
      int from = random.nextInt(20);
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          mask[y][x] = (y - from) * (y - from) + (x - 25) * (x - 25) < 300 ? 1 : 0;
        }
      }
    }
    int[] objects = {0, 1, 0, 1, 1, 0};
    float[] values = targets(conventions, masks, objects);
    int ones = 0;
    for (int r = 0; r < BOXES.length; r++) {
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
          double expected = expected(conventions, masks[objects[r]], BOXES[r], i, j);
          float found = values[(r * SIZE + i) * SIZE + j];
          if (conventions == Conventions.TORCHVISION) {
            assertThat(found).isCloseTo((float) expected, within(1e-5f));
          } else if (Math.abs(expected - 0.5) > 1e-4) {
            assertThat(found).isEqualTo(expected >= 0.5 ? 1f : 0f);
          }
          ones += expected > 0.5 ? 1 : 0;
        }
      }
    }
    assertThat(ones).isBetween(40, 250);
  }

  private static float[] targets(Conventions conventions, int[][][] masks, int[] objects) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TUint8> given = tf.dtypes.cast(tf.constant(masks), TUint8.class);
      Operand<TFloat32> built =
          new MaskTargets(conventions, SIZE)
              .build(tf, given, tf.constant(objects), tf.constant(BOXES));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(built).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.copyTo(DataBuffers.of(values));
        return values;
      }
    }
  }

  private static double expected(
      Conventions conventions, int[][] mask, float[] box, int row, int column) {
    if (conventions == Conventions.LEGACY) {
      return sample(
          mask,
          resized((int) box[1], (int) box[3], row),
          resized((int) box[0], (int) box[2], column));
    }
    boolean aligned = conventions == Conventions.PLAIN;
    double shift = aligned ? 0.5 : 0;
    double height = aligned ? box[3] - box[1] : Math.max(1, box[3] - box[1]);
    double width = aligned ? box[2] - box[0] : Math.max(1, box[2] - box[0]);
    int rows = Math.max(1, (int) Math.ceil(height / SIZE));
    int columns = Math.max(1, (int) Math.ceil(width / SIZE));
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        sum +=
            sample(
                mask,
                box[1] - shift + (row + (i + 0.5) / rows) * height / SIZE,
                box[0] - shift + (column + (j + 0.5) / columns) * width / SIZE);
      }
    }
    return sum / (rows * columns);
  }

  private static double resized(int first, int last, int bin) {
    int extent = Math.max(last - first + 1, 1);
    double place = (bin + 0.5) * extent / SIZE - 0.5;
    return first + Math.max(0, Math.min(extent - 1, place));
  }

  private static double sample(int[][] mask, double y, double x) {
    double row = Math.max(0, Math.min(mask.length - 1, y));
    double column = Math.max(0, Math.min(mask[0].length - 1, x));
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(top + 1, mask.length - 1);
    int right = Math.min(left + 1, mask[0].length - 1);
    double b = row - top;
    double r = column - left;
    return (1 - b) * ((1 - r) * mask[top][left] + r * mask[top][right])
        + b * ((1 - r) * mask[bottom][left] + r * mask[bottom][right]);
  }
}
