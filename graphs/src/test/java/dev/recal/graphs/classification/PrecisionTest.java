package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.training.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights after six steps in each number format. */
class PrecisionTest {

  private static Bench bench;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    bench = new Bench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @AfterEach
  void clear() {
    System.clearProperty(Precision.CASTS);
  }

  @Test
  void bfloat16ByCastsIsAsCloseToFloat32AsTheRewriteForCpus() throws IOException {
    float[] single = train("float32");
    float[] rewritten = train("bfloat16");
    System.setProperty(Precision.CASTS, "true");
    float[] cast = train("bfloat16");
    double error = distance(cast, single);
    assertThat(error).isBetween(1e-5, 0.01);
    double rewriting = distance(rewritten, single);
    // TensorFlow rewrites nothing on a CPU without instructions for bfloat16.
    if (rewriting > 0) {
      assertThat(error).isLessThan(2 * rewriting + 1e-4);
    }
  }

  /** On a CPU float16 is float32 with a scaled loss, and a power of two changes no bit. */
  @Test
  void float16OnACpuEqualsFloat32() throws IOException {
    float[] single = train("float32");
    assertThat(train("float16")).isEqualTo(single);
  }

  private float[] train(String precision) throws IOException {
    Path run = directory.resolve(precision + System.getProperty(Precision.CASTS, ""));
    Files.createDirectories(run);
    ClassificationSettings settings =
        Bench.settings("{'steps': 6, 'average': 0.5, 'precision': '" + precision + "'}");
    bench.run(run, TinyNetwork.PLAIN, settings);
    Path checkpoint = Bench.checkpoint(run, 6);
    float[] all = new float[0];
    for (float[] values : Weights.read(checkpoint, TinyNetwork.PLAIN, "").values()) {
      float[] joined = Arrays.copyOf(all, all.length + values.length);
      System.arraycopy(values, 0, joined, all.length, values.length);
      all = joined;
    }
    return all;
  }

  // Relative, in the 2-norm.
  private static double distance(float[] values, float[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < values.length; i++) {
      error += Math.pow(values[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / norm);
  }
}
