package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The protocol compared with NumPy, SciPy and scikit-learn to 1e-9 ({@code
 * interop/face_verification.py}). Runs where the environment variable {@code RECAL_PYTHON} names an
 * interpreter that has them.
 */
class VerificationReferenceTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);
  private static final int MISSING_LIBRARY = 3;

  private static String python;

  @TempDir private Path directory;

  @BeforeAll
  static void findPython() {
    python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
  }

  // The embeddings of whole numbers have many equal distances, some exactly at thresholds.
  @ParameterizedTest
  @CsvSource({
    "1, 600, 10, 16, false",
    "2, 605, 10, 64, false",
    "3, 123, 5, 8, false",
    "4, 6000, 10, 128, false",
    "5, 400, 10, 4, true",
    "6, 307, 7, 4, true"
  })
  void agreesWithThePublicFormula(int seed, int count, int folds, int dimensions, boolean whole)
      throws Exception {
    Random random = new Random(seed);
    List<Boolean> same = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean identical = i % 2 == 0;
      float[] first = new float[dimensions];
      float[] second = new float[dimensions];
      for (int j = 0; j < dimensions; j++) {
        first[j] = value(random, whole);
        second[j] =
            !identical ? value(random, whole) : whole ? turned(random, first[j]) : first[j] + value(random, false);
      }
      same.add(identical);
      rows.add(first);
      rows.add(second);
    }
    List<Double> fars = List.of(1e-3, 0.011, 0.1, 1.0);
    Path file = directory.resolve("embeddings.npy");
    NpyFiles.write(file, rows);
    JsonObject expected = reference(file, same, folds, fars);
    compare(
        new VerificationProtocol(folds, fars)
            .evaluate(ScoredPairs.of(NpyFiles.read(file), same)),
        expected);
  }

  private static float value(Random random, boolean whole) {
    return whole ? random.nextInt(2) * 2 - 1 : (float) random.nextGaussian();
  }

  private static float turned(Random random, float value) {
    return random.nextInt(8) == 0 ? -value : value;
  }

  private static void compare(VerificationResult found, JsonObject expected) {
    JsonArray thresholds = expected.getAsJsonArray("thresholds");
    JsonArray accuracies = expected.getAsJsonArray("accuracies");
    assertThat(found.folds()).hasSize(accuracies.size());
    for (int i = 0; i < accuracies.size(); i++) {
      VerificationResult.Fold fold = found.folds().get(i);
      assertThat(fold.threshold()).isCloseTo(thresholds.get(i).getAsDouble(), TOLERANCE);
      assertThat(fold.accuracy()).isCloseTo(accuracies.get(i).getAsDouble(), TOLERANCE);
    }
    assertThat(found.accuracy()).isCloseTo(expected.get("accuracy").getAsDouble(), TOLERANCE);
    assertThat(found.deviation()).isCloseTo(expected.get("deviation").getAsDouble(), TOLERANCE);
    assertThat(found.roc().area()).isCloseTo(expected.get("area").getAsDouble(), TOLERANCE);
    assertThat(found.roc().equalErrorRate())
        .isCloseTo(expected.get("equal_error_rate").getAsDouble(), TOLERANCE);
    JsonArray rates = expected.getAsJsonArray("rates");
    for (int i = 0; i < rates.size(); i++) {
      JsonArray rate = rates.get(i).getAsJsonArray();
      VerificationResult.Rate ours = found.rates().get(i);
      assertThat(ours.tar()).as("FAR " + ours.far()).isCloseTo(rate.get(0).getAsDouble(), TOLERANCE);
      assertThat(ours.deviation()).isCloseTo(rate.get(1).getAsDouble(), TOLERANCE);
      assertThat(ours.achieved()).isCloseTo(rate.get(2).getAsDouble(), TOLERANCE);
    }
  }

  private JsonObject reference(Path embeddings, List<Boolean> same, int folds, List<Double> fars)
      throws IOException, InterruptedException {
    Path labels = directory.resolve("same.txt");
    Files.writeString(
        labels, same.stream().map(value -> value ? "1\n" : "0\n").collect(Collectors.joining()));
    List<String> command = new ArrayList<>();
    command.add(python);
    command.add(repository().resolve("interop/face_verification.py").toString());
    command.addAll(List.of(embeddings.toString(), labels.toString(), String.valueOf(folds)));
    fars.forEach(far -> command.add(far.toString()));
    Path out = directory.resolve("out.json");
    Path err = directory.resolve("err.txt");
    Process process =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String problem = Files.readString(err, StandardCharsets.UTF_8);
    Assumptions.assumeTrue(process.exitValue() != MISSING_LIBRARY, "RECAL_PYTHON: " + problem);
    assertThat(process.exitValue()).as(problem).isZero();
    return JsonParser.parseString(Files.readString(out)).getAsJsonObject();
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
