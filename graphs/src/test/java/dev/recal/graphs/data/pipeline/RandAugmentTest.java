package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.data.pipeline.RandAugmentGraph.Operation;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Each operation against torchvision's formulas, written out for one image. */
class RandAugmentTest {
  private static final int HEIGHT = 19;
  private static final int WIDTH = 25;
  private static final int MAGNITUDE = 17;
  private static final double SHARE = MAGNITUDE / 30.0;

  private static int[] image(int seed) {
    Random random = new Random(seed);
    int[] pixels = new int[HEIGHT * WIDTH * 3];
    for (int i = 0; i < pixels.length; i++) {
      // A range that autocontrast and equalize change.
      pixels[i] = 40 + random.nextInt(100) + (i / 3 % WIDTH) * 3;
    }
    return pixels;
  }

  private static int[] changed(int[] image, int variant) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      // Another image in the batch, whose tables must not be mixed up.
      int[] both = new int[2 * image.length];
      System.arraycopy(image(99), 0, both, 0, image.length);
      System.arraycopy(image, 0, both, image.length, image.length);
      var images =
          tf.dtypes.cast(
              tf.constant(Shape.of(2, HEIGHT, WIDTH, 3), DataBuffers.of(both)), TUint8.class);
      var result =
          RandAugmentGraph.apply(
              tf,
              images,
              new RandAugment(1, MAGNITUDE),
              new int[] {Operation.EQUALIZE.ordinal(), variant});
      var second = tf.dtypes.cast(tf.gather(result, tf.constant(1), tf.constant(0)), TInt32.class);
      try (Session session = new Session(graph);
          Result run = session.runner().fetch(second).run()) {
        int[] values = new int[image.length];
        ((TInt32) run.get(0)).copyTo(DataBuffers.of(values));
        return values;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void isTorchvisionsFormula(Operation operation) {
    int[] image = image(5);
    int count = Operation.values().length;
    for (int sign : new int[] {1, -1}) {
      int variant = operation.ordinal() + (sign < 0 ? count : 0);
      int[] expected = expected(operation, image, sign);
      int[] found = changed(image, variant);
      int rounded = 0;
      int differing = 0;
      for (int i = 0; i < expected.length; i++) {
        // A blend of integers is a whole number for some of them, which floats may fall short of;
        // and a place may be between two pixels.
        int difference = Math.abs(expected[i] - found[i]);
        rounded += difference == 1 ? 1 : 0;
        differing += difference > 1 ? 1 : 0;
      }
      assertThat(differing).as(operation + " " + sign).isLessThan(expected.length / 100);
      assertThat(rounded).as(operation + " " + sign).isLessThan(expected.length / 40);
      if (operation != Operation.IDENTITY) {
        assertThat(found).isNotEqualTo(image);
      }
    }
  }

  private static int[] expected(Operation operation, int[] image, int sign) {
    double m = sign * SHARE;
    double factor = 1 + 0.9 * m;
    double angle = Math.toRadians(30 * m);
    return switch (operation) {
      case IDENTITY -> image;
      case SHEAR_X -> moved(image, (x, y) -> new double[] {x + 0.3 * m * y, y}, false);
      case SHEAR_Y -> moved(image, (x, y) -> new double[] {x, y + 0.3 * m * x}, false);
      case TRANSLATE_X ->
          moved(image, (x, y) -> new double[] {x - (int) (150.0 / 331 * WIDTH * m), y}, false);
      case TRANSLATE_Y ->
          moved(image, (x, y) -> new double[] {x, y - (int) (150.0 / 331 * HEIGHT * m)}, false);
      case ROTATE ->
          moved(
              image,
              (x, y) ->
                  new double[] {
                    Math.cos(angle) * x - Math.sin(angle) * y,
                    Math.sin(angle) * x + Math.cos(angle) * y
                  },
              true);
      case BRIGHTNESS -> blended(image, new double[image.length], factor);
      case COLOUR -> blended(image, grey(image), factor);
      case CONTRAST -> {
        double[] means = new double[image.length];
        Arrays.fill(means, Arrays.stream(grey(image)).average().orElseThrow());
        yield blended(image, means, factor);
      }
      case SHARPNESS -> blended(image, smoothed(image), factor);
      case POSTERIZE -> {
        int bits = 8 - (int) Math.round(4 * SHARE);
        yield Arrays.stream(image).map(v -> v >> (8 - bits) << (8 - bits)).toArray();
      }
      case SOLARIZE ->
          Arrays.stream(image).map(v -> v >= 255 - 255 * SHARE ? 255 - v : v).toArray();
      case AUTO_CONTRAST -> byChannel(image, RandAugmentTest::stretched);
      case EQUALIZE -> byChannel(image, RandAugmentTest::equalized);
    };
  }

  private interface Map {
    double[] apply(double x, double y);
  }

  // The centre of a pixel is half a pixel from its corner.
  private static int[] moved(int[] image, Map map, boolean centred) {
    double x0 = centred ? WIDTH / 2.0 : 0;
    double y0 = centred ? HEIGHT / 2.0 : 0;
    int[] result = new int[image.length];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double[] place = map.apply(x + 0.5 - x0, y + 0.5 - y0);
        long column = Math.round(place[0] + x0 - 0.5);
        long line = Math.round(place[1] + y0 - 0.5);
        if (column >= 0 && column < WIDTH && line >= 0 && line < HEIGHT) {
          for (int c = 0; c < 3; c++) {
            result[3 * (y * WIDTH + x) + c] = image[(int) (3 * (line * WIDTH + column) + c)];
          }
        }
      }
    }
    return result;
  }

  private static int[] blended(int[] image, double[] other, double factor) {
    int[] result = new int[image.length];
    for (int i = 0; i < image.length; i++) {
      // In single precision, as torchvision does: a sum may fall short of a whole number.
      float sum = (float) factor * image[i] + (float) (1 - factor) * (float) other[i];
      result[i] = (int) Math.max(0, Math.min(255, sum));
    }
    return result;
  }

  private static double[] grey(int[] image) {
    double[] grey = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      int first = i / 3 * 3;
      grey[i] =
          Math.floor(0.2989 * image[first] + 0.587 * image[first + 1] + 0.114 * image[first + 2]);
    }
    return grey;
  }

  private static double[] smoothed(int[] image) {
    double[] smooth = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      smooth[i] = image[i];
      if (x > 0 && x < WIDTH - 1 && y > 0 && y < HEIGHT - 1) {
        double sum = 4.0 * image[i];
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            sum += image[i + 3 * (dy * WIDTH + dx)];
          }
        }
        smooth[i] = Math.rint(sum / 13);
      }
    }
    return smooth;
  }

  private static int[] byChannel(int[] image, UnaryOperator<int[]> change) {
    int[] result = new int[image.length];
    for (int c = 0; c < 3; c++) {
      int[] channel = new int[image.length / 3];
      for (int i = 0; i < channel.length; i++) {
        channel[i] = image[3 * i + c];
      }
      int[] changed = change.apply(channel);
      for (int i = 0; i < channel.length; i++) {
        result[3 * i + c] = changed[i];
      }
    }
    return result;
  }

  private static int[] stretched(int[] channel) {
    int least = Arrays.stream(channel).min().orElseThrow();
    int most = Arrays.stream(channel).max().orElseThrow();
    float scale = 255f / (most - least);
    return Arrays.stream(channel).map(v -> (int) ((v - least) * scale)).toArray();
  }

  private static int[] equalized(int[] channel) {
    int[] histogram = new int[256];
    Arrays.stream(channel).forEach(v -> histogram[v]++);
    int most = Arrays.stream(channel).max().orElseThrow();
    int step = (channel.length - histogram[most]) / 255;
    if (step == 0) {
      return channel;
    }
    int[] table = new int[256];
    int below = 0;
    for (int v = 0; v < 256; v++) {
      table[v] = Math.min(255, (below + step / 2) / step);
      below += histogram[v];
    }
    return Arrays.stream(channel).map(v -> table[v]).toArray();
  }
}
