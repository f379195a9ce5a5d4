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
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The protocol compared with NumPy, SciPy and scikit-learn to 1e-9 ({@code
 * interop/face_verification.py}). Runs where the environment variable {@code RECAL_PYTHON} names an
 * interpreter that has them.
 */
class VerificationReferenceTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);
  private static final int MISSING_LIBRARY = 3;
  // The highest one is reached by many thresholds, 0.1 exactly by some sets.
  private static final List<Double> FARS = List.of(1e-3, 0.011, 0.1, 1.0);

  @TempDir private Path directory;

  /**
   * Random embeddings.
   *
   * @param whole whether their values are −1 and 1: then many distances are equal, and some are
   *     exactly at thresholds
   */
  private record Case(int seed, int pairs, int folds, int dimensions, boolean whole) {

    List<Boolean> same() {
      return Stream.iterate(0, i -> i + 1).limit(pairs).map(i -> i % 2 == 0).toList();
    }

    List<float[]> rows() {
      Random random = new Random(seed);
      List<float[]> rows = new ArrayList<>();
      for (boolean identical : same()) {
        float[] first = new float[dimensions];
        float[] second = new float[dimensions];
        for (int j = 0; j < dimensions; j++) {
          first[j] = value(random);
          float other = value(random);
          second[j] = !identical ? other : whole ? turned(random, first[j]) : first[j] + other;
        }
        rows.add(first);
        rows.add(second);
      }
      return rows;
    }

    private float value(Random random) {
      return whole ? random.nextInt(2) * 2 - 1 : (float) random.nextGaussian();
    }

    private static float turned(Random random, float value) {
      return random.nextInt(8) == 0 ? -value : value;
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case(1, 600, 10, 16, false),
          new Case(2, 605, 10, 64, false),
          new Case(3, 123, 5, 8, false),
          new Case(4, 2000, 10, 128, false),
          new Case(5, 400, 10, 4, true),
          new Case(6, 307, 7, 4, true));

  @TestFactory
  Stream<DynamicTest> agreesWithThePublicFormula() throws Exception {
    String python = System.getenv("RECAL_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_PYTHON names no interpreter");
    List<String> command = new ArrayList<>();
    command.add(python);
    command.add(repository().resolve("interop/face_verification.py").toString());
    command.add(FARS.stream().map(String::valueOf).collect(Collectors.joining(",")));
    for (Case one : CASES) {
      Path labels = directory.resolve("same" + one.seed + ".txt");
      String lines = one.same().stream().map(s -> s ? "1\n" : "0\n").collect(Collectors.joining());
      Files.writeString(labels, lines);
      NpyFiles.write(embeddings(one), one.rows());
      command.add(embeddings(one).toString());
      command.add(labels.toString());
      command.add(String.valueOf(one.folds));
    }
    JsonArray expected = run(command);
    assertThat(expected).hasSize(CASES.size());
    return Stream.iterate(0, i -> i + 1)
        .limit(CASES.size())
        .map(
            i ->
                DynamicTest.dynamicTest(
                    CASES.get(i).toString(),
                    () -> compare(CASES.get(i), expected.get(i).getAsJsonObject())));
  }

  private Path embeddings(Case one) {
    return directory.resolve("embeddings" + one.seed + ".npy");
  }

  private void compare(Case one, JsonObject expected) throws IOException {
    ScoredPairs pairs = ScoredPairs.of(NpyFiles.read(embeddings(one)), one.same());
    VerificationResult found = new VerificationProtocol(one.folds, FARS).evaluate(pairs);
    JsonArray thresholds = expected.getAsJsonArray("thresholds");
    JsonArray accuracies = expected.getAsJsonArray("accuracies");
    assertThat(found.folds()).hasSize(accuracies.size());
    for (int i = 0; i < accuracies.size(); i++) {
      VerificationResult.Fold fold = found.folds().get(i);
      close(fold.threshold(), thresholds.get(i).getAsDouble());
      close(fold.accuracy(), accuracies.get(i).getAsDouble());
    }
    close(found.accuracy(), expected.get("accuracy").getAsDouble());
    close(found.deviation(), expected.get("deviation").getAsDouble());
    close(found.roc().area(), expected.get("area").getAsDouble());
    close(found.roc().equalErrorRate(), expected.get("equal_error_rate").getAsDouble());
    JsonArray rates = expected.getAsJsonArray("rates");
    assertThat(found.rates()).hasSize(rates.size());
    for (int i = 0; i < rates.size(); i++) {
      JsonArray rate = rates.get(i).getAsJsonArray();
      close(found.rates().get(i).tar(), rate.get(0).getAsDouble());
      close(found.rates().get(i).deviation(), rate.get(1).getAsDouble());
      close(found.rates().get(i).achieved(), rate.get(2).getAsDouble());
    }
  }

  private static void close(double found, double expected) {
    assertThat(found).isCloseTo(expected, TOLERANCE);
  }

  private JsonArray run(List<String> command) throws IOException, InterruptedException {
    Path out = directory.resolve("out.json");
    Path err = directory.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String problem = Files.readString(err, StandardCharsets.UTF_8);
    Assumptions.assumeTrue(process.exitValue() != MISSING_LIBRARY, "RECAL_PYTHON: " + problem);
    assertThat(process.exitValue()).as(problem).isZero();
    return JsonParser.parseString(Files.readString(out)).getAsJsonArray();
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory;
  }
}
