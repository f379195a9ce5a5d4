package dev.recal.graphs.synthesis.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The metrics compared with NumPy, to a relative 1e-6. Runs where the environment variable {@code
 * RECAL_PYTHON} names an interpreter with NumPy.
 */
class GenerativeMetricsTest {

  private static final double TOLERANCE = 1e-6;

  private static String python;

  @TempDir private Path directory;

  @BeforeAll
  static void findPython() {
    python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
  }

  // Fewer images than features on one side, on both, on none; spectra over 13 orders of magnitude.
  @ParameterizedTest
  @CsvSource({
    "300, 200, 24, 0.9, 0.05",
    "40, 500, 64, 0.97, 0.1",
    "20, 30, 96, 1.0, 0.3",
    "400, 300, 64, 0.8, 0.02",
    "2, 3, 5, 1.0, 0.0",
    "50, 60, 1, 1.0, 0.5",
  })
  void agreeWithNumPy(int real, int generated, int dimensions, double decay, double shift)
      throws Exception {
    FeatureMatrix reals = RandomFeatures.of(real, dimensions, decay, 3, 1);
    FeatureMatrix samples = RandomFeatures.of(generated, dimensions, decay, 3 + shift, 2);
    int neighbours = Math.min(3, Math.min(real, generated) - 1);
    KernelDistance kernel = new KernelDistance(5, 15, 4);
    JsonObject expected = reference(reals, samples, neighbours, kernel);

    double frechet =
        FrechetDistance.between(FeatureStatistics.of(reals), FeatureStatistics.of(samples));
    assertThat(frechet).isCloseTo(expected(expected, "frechet"), relative(expected, "frechet"));
    KernelEstimate estimate = kernel.between(reals, samples);
    assertThat(estimate.mean())
        .isCloseTo(expected(expected, "kernel_mean"), relative(expected, "kernel_mean"));
    assertThat(estimate.standardDeviation())
        .isCloseTo(expected(expected, "kernel_deviation"), relative(expected, "kernel_mean"));
    PrecisionRecall.Score score = new PrecisionRecall(neighbours).measure(reals, samples);
    assertThat(score.precision()).isEqualTo(expected(expected, "precision"));
    assertThat(score.recall()).isEqualTo(expected(expected, "recall"));
    if (Math.min(real, generated) > 4 * dimensions && decay > 0.85) {
      // Only here the usual method is precise enough for a comparison.
      assertThat(frechet)
          .isCloseTo(
              expected(expected, "frechet_by_covariances"),
              relative(expected, "frechet_by_covariances"));
    }
  }

  private static double expected(JsonObject json, String name) {
    return json.get(name).getAsDouble();
  }

  private static Offset<Double> relative(JsonObject json, String name) {
    return within(TOLERANCE * Math.max(1e-6, Math.abs(expected(json, name))));
  }

  private JsonObject reference(
      FeatureMatrix reals, FeatureMatrix samples, int neighbours, KernelDistance kernel)
      throws IOException, InterruptedException {
    int size = Math.min(kernel.subsetSize(), Math.min(reals.count(), samples.count()));
    Random random = new Random(kernel.seed());
    List<List<int[]>> subsets = new ArrayList<>();
    int subsetCount = size == reals.count() && size == samples.count() ? 1 : kernel.subsets();
    for (int i = 0; i < subsetCount; i++) {
      int[] first = KernelDistance.subset(random, reals.count(), size);
      subsets.add(List.of(first, KernelDistance.subset(random, samples.count(), size)));
    }
    Path indices = directory.resolve("subsets.json");
    Files.writeString(indices, new Gson().toJson(subsets));
    Path out = directory.resolve("out.json");
    Path err = directory.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                python,
                repository().resolve("interop/generative_metrics.py").toString(),
                write("reals.f64", reals),
                write("samples.f64", samples),
                String.valueOf(reals.dimensions()),
                String.valueOf(neighbours),
                indices.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err, StandardCharsets.UTF_8)).isZero();
    return JsonParser.parseString(Files.readString(out)).getAsJsonObject();
  }

  private String write(String name, FeatureMatrix features) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(features.values().length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(features.values());
    return Files.write(directory.resolve(name), bytes.array()).toString();
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
