package dev.recal.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.Outputs;
import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.Predictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

// Spark 4.0 supports JDK 17 and 21; Hadoop fails from 24 on.
@EnabledForJreRange(max = JRE.JAVA_23)
class ScoringTest {

  @TempDir static Path directory;
  static Path model;
  static Path images;
  static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    model = Samples.model(directory.resolve("model"));
    images = directory.resolve("images");
    Samples.images(images, 40, 20, 30);
    Samples.damaged(images);
    spark = Samples.spark();
  }

  @Test
  void rowsGetThePredictorsAnswersOrAProblem() throws Exception {
    Dataset<Row> rows =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", true)
            .load(images.toString());
    Scoring scoring =
        Scoring.open(spark, ScoringSettings.of(model.toString()).withTopK(3).withBatch(8));
    Dataset<Row> scored = scoring.score(rows);
    assertThat(scored.columns())
        .containsExactly(
            "path",
            "modificationTime",
            "length",
            "predicted_class",
            "predicted_label",
            "probability",
            "top",
            "problem");
    Map<String, Row> byName =
        scored.collectAsList().stream()
            .collect(Collectors.toMap(row -> name(row.getString(0)), row -> row));
    // Spark's source leaves out the empty file.
    assertThat(byName.keySet()).hasSize(43);
    assertThat(scoring.counts().scored()).isEqualTo(40);
    assertThat(scoring.counts().unusable()).isEqualTo(3);
    assertThat(scoring.counts().modelsOpened()).isEqualTo(1);
    try (Predictor predictor = Predictor.open(model)) {
      byte[] file = Files.readAllBytes(images.resolve("image 0001.jpg"));
      List<Classification> expected = predictor.classify(List.of(file), 3).get(0);
      Row row = byName.get("image 0001.jpg");
      assertThat(row.<String>getAs("predicted_label")).isEqualTo(expected.get(0).label());
      List<Row> top = row.getList(row.fieldIndex("top"));
      for (int k = 0; k < 3; k++) {
        assertThat(top.get(k).<Integer>getAs("class")).isEqualTo(expected.get(k).index());
        assertThat(top.get(k).<Double>getAs("probability"))
            .isCloseTo(expected.get(k).probability(), within(1e-6));
      }
    }
    assertThat(byName.get("text.txt").<String>getAs("problem")).contains("not an image");
    assertThat(byName.get("huge.png").<String>getAs("problem")).contains("too many pixels");
    assertThat(byName.get("half.jpg").<String>getAs("problem")).isNotNull();
    assertThat(byName.get("half.jpg").isNullAt(3)).isTrue();
  }

  @Test
  void numbersBecomeFieldsAndSeveralClassesAreRankedByTheirProbabilities() throws Exception {
    NumberScales scales = new NumberScales(List.of(31.0, 70.0), List.of(2.0, 5.0));
    Path numbers =
        Samples.model(
            directory.resolve("numbers"),
            ResNet.cifar(8).withClasses(2),
            16,
            List.of("age", "weight in kg"),
            new Outputs(OutputKind.NUMBERS, Optional.of(scales)));
    Path several =
        Samples.model(
            directory.resolve("several"),
            ResNet.cifar(8).withClasses(2),
            16,
            List.of("indoors", "night"),
            new Outputs(OutputKind.SEVERAL_CLASSES, Optional.empty()));
    Dataset<Row> paths =
        spark
            .createDataset(
                List.of(images + "/image 0001.jpg", images + "/text.txt"), Encoders.STRING())
            .toDF("path");
    Dataset<Row> estimated = Scoring.score(paths, ScoringSettings.of(numbers.toString()));
    List<Row> rows =
        estimated.select("values.age", "values.weight in kg", "problem").collectAsList();
    byte[] file = Files.readAllBytes(images.resolve("image 0001.jpg"));
    try (Predictor predictor = Predictor.open(numbers)) {
      float[] expected = predictor.numbers(List.of(file)).get(0);
      assertThat(rows.get(0).getFloat(0)).isCloseTo(expected[0], within(1e-4f));
      assertThat(rows.get(0).getFloat(1)).isCloseTo(expected[1], within(1e-4f));
    }
    assertThat(rows.get(1).isNullAt(0)).isTrue();
    assertThat(rows.get(1).getString(2)).contains("not an image");
    Row row = Scoring.score(paths, ScoringSettings.of(several.toString())).first();
    try (Predictor predictor = Predictor.open(several)) {
      List<Classification> expected = predictor.classify(List.of(file), 2).get(0);
      List<Row> top = row.getList(row.fieldIndex("top"));
      for (int k = 0; k < 2; k++) {
        assertThat(top.get(k).<String>getAs("label")).isEqualTo(expected.get(k).label());
        assertThat(top.get(k).<Double>getAs("probability"))
            .isCloseTo(expected.get(k).probability(), within(1e-6));
      }
    }
  }

  @Test
  void outputsOfASignatureBecomeColumns() throws Exception {
    Dataset<Row> paths = spark.range(1).selectExpr("'" + images + "/image 0001.jpg' as path");
    Row row =
        Scoring.score(paths, ScoringSettings.of(model.toString()).withSignature("serving_bytes"))
            .first();
    List<Float> probabilities = row.getList(row.fieldIndex("probabilities"));
    assertThat(probabilities).hasSize(7);
    assertThat(probabilities.get((int) row.<Long>getAs("classes").longValue()))
        .isEqualTo(probabilities.stream().max(Float::compare).orElseThrow());
    assertThat(row.<String>getAs("labels")).isEqualTo("class" + row.<Long>getAs("classes"));
  }

  @Test
  void unsuitableColumnsAndSignaturesAreRefusedOnTheDriver() {
    ScoringSettings settings = ScoringSettings.of(model.toString());
    assertThatThrownBy(() -> Scoring.score(spark.range(1).toDF(), settings))
        .hasMessageContaining("pathColumn: expected a column 'path' of string in the rows");
    assertThatThrownBy(() -> Scoring.open(spark, settings.withSignature("features")))
        .hasMessageContaining("signature: expected one that takes a vector of image files");
    assertThatThrownBy(
            () -> Scoring.score(spark.range(1).selectExpr("'x' as path", "1 as top"), settings))
        .hasMessageContaining("but got columns [top]");
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
