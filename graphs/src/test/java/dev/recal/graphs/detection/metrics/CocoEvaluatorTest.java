package dev.recal.graphs.detection.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoBox;
import dev.recal.graphs.data.coco.CocoDetections;
import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.coco.GroundTruth;
import dev.recal.graphs.data.targets.Mask;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CocoEvaluatorTest {
  private static final CocoSettings SETTINGS = CocoSettings.defaults();

  /**
   * pycocotools 2.0.11 of the files in the resources: crowds, equal scores, polygons, both forms of
   * runs, and categories without objects.
   */
  private static final Map<Region, double[]> EXPECTED =
      Map.of(
          Region.BOXES,
          new double[] {
            0.11622858714442873, 0.2712556969982713, 0.09005186232909004, 0.13036303630363033,
            0.14537953795379535, 0.2112211221122112, 0.07499999999999998, 0.1625,
            0.1625, 0.14000000000000004, 0.2, 0.2125
          },
          Region.MASKS,
          new double[] {
            0.05627652050919377, 0.1303041018387553, 0.026166902404526165, 0.031188118811881188,
            0.08995049504950495, 0.16584158415841585, 0.05, 0.10416666666666667,
            0.10416666666666667, 0.09, 0.1375, 0.1625
          });

  @Test
  void numbersEqualThoseOfPycocotools() throws IOException, URISyntaxException {
    CocoAnnotations annotations = CocoAnnotations.read(resource("annotations.json"), true);
    CocoDetections detections = CocoDetections.read(resource("detections.json"), annotations, true);
    for (Region region : Region.values()) {
      CocoResult result = CocoEvaluator.evaluate(region, SETTINGS, annotations, detections);
      assertThat(values(result.numbers())).containsExactly(EXPECTED.get(region), within(1e-12));
    }
    CocoResult boxes = CocoEvaluator.evaluate(Region.BOXES, SETTINGS, annotations, detections);
    assertThat(boxes.numbers().keySet())
        .containsExactly(
            "AP",
            "AP50",
            "AP75",
            "AP small",
            "AP medium",
            "AP large",
            "AR1",
            "AR10",
            "AR100",
            "AR small",
            "AR medium",
            "AR large");
    assertThat(boxes.categories()).containsExactly(2, 5, 9, 11);
    assertThat(boxes.numbers(2).get("AP")).isZero();
    assertThat(boxes.numbers(5).get("AP")).isEqualTo(0.23245717428885745, within(1e-12));
    assertThat(boxes.numbers(9).values()).containsOnly(CocoResult.NONE);
  }

  /** Equal scores of one image are in the order of their file, so only images are shuffled. */
  @Test
  void imagesMayBeAddedInAnyOrder() throws IOException, URISyntaxException {
    CocoAnnotations annotations = CocoAnnotations.read(resource("annotations.json"), false);
    CocoDetections detections =
        CocoDetections.read(resource("detections.json"), annotations, false);
    List<CocoAnnotations.Image> images = new ArrayList<>(annotations.images());
    Collections.shuffle(images, new Random(3));
    CocoEvaluator evaluator =
        new CocoEvaluator(Region.BOXES, List.of(11, 9, 5, 2), CocoSettings.defaults());
    for (CocoAnnotations.Image image : images) {
      evaluator.add(
          image.id(),
          annotations.objects().stream().filter(o -> o.image() == image.id()).toList(),
          detections.detections().stream().filter(d -> d.image() == image.id()).toList());
    }
    assertThat(values(evaluator.result().numbers()))
        .containsExactly(EXPECTED.get(Region.BOXES), within(1e-12));
  }

  /** Two objects; found are one of them, a place without an object, and the crowd twice. */
  @Test
  void precisionAndRecallByHand() {
    CocoBox crowd = new CocoBox(200, 0, 100, 100);
    List<GroundTruth> objects =
        List.of(
            object(1, box(0), false),
            object(2, box(50), false),
            new GroundTruth(1, 7, crowd, crowd.area(), true, false, Optional.empty()));
    List<Detection> detections =
        List.of(
            new Detection(1, 7, 0.9, new CocoBox(220, 20, 40, 40)),
            new Detection(1, 7, 0.8, new CocoBox(240, 40, 40, 40)),
            new Detection(1, 7, 0.7, box(100)),
            new Detection(1, 7, 0.6, box(0)));
    CocoResult result =
        CocoEvaluator.evaluate(Region.BOXES, List.of(7, 8), SETTINGS, objects, detections);
    // Recall 0.5 with precision 0.5, at 51 of 101 recall points and every threshold.
    assertThat(result.numbers().get("AP")).isEqualTo(0.5 * 51 / 101, within(1e-12));
    assertThat(result.numbers().get("AR100")).isEqualTo(0.5);
    // The detection with the greatest score is one of the crowd.
    assertThat(result.numbers().get("AR1")).isZero();
    assertThat(result.numbers().get("AP large")).isEqualTo(CocoResult.NONE);
    assertThat(result.precision(9)[50]).isEqualTo(0.5, within(1e-12));
    assertThat(result.precision(9)[51]).isZero();
  }

  @Test
  void ignoreFlagsOnlyCountIfAsked() {
    List<GroundTruth> objects = List.of(object(1, box(0), false), object(1, box(50), true));
    List<Detection> detections =
        List.of(new Detection(1, 7, 0.9, box(50)), new Detection(1, 7, 0.8, box(0)));
    List<Integer> categories = List.of(7);
    CocoResult plain =
        CocoEvaluator.evaluate(
            Region.BOXES, categories, SETTINGS.withMaxDetections(1, 2), objects, detections);
    CocoResult flagged =
        CocoEvaluator.evaluate(
            Region.BOXES,
            categories,
            SETTINGS.withMaxDetections(1, 2).withIgnoreFlags(true),
            objects,
            detections);
    assertThat(plain.recall(7, 0, 0, 0)).isEqualTo(0.5);
    assertThat(flagged.recall(7, 0, 0, 0)).isZero();
    assertThat(flagged.recall(7, 0, 1, 0)).isEqualTo(1);
    assertThat(flagged.numbers()).containsKeys("AR1", "AR2");
    assertThat(flagged.numbers().get("AP")).isEqualTo(1, within(1e-12));
  }

  @Test
  void invalidValuesAreSentences() {
    CocoEvaluator evaluator = new CocoEvaluator(Region.MASKS, List.of(7), SETTINGS);
    Detection small = new Detection(1, 7, 0.5, box(0), Optional.of(Mask.ofRuns(2, 2, 1, 3)));
    GroundTruth large =
        new GroundTruth(1, 7, box(0), 9, false, false, Optional.of(Mask.ofRuns(3, 3, 0, 9)));
    assertThatThrownBy(() -> evaluator.add(1, List.of(large), List.of(small)))
        .hasMessage("object: expected a mask of 2×2 pixels, but got one of 3×3.");
    assertThatThrownBy(() -> evaluator.add(2, List.of(), List.of(new Detection(2, 7, 0.5, box(0)))))
        .hasMessage("masks: expected a mask for each detection, but one of image 2 has none.");
    // What was refused is not counted.
    evaluator.add(1, List.of(), List.of());
    evaluator.add(3, List.of(), List.of());
    assertThatThrownBy(() -> evaluator.add(3, List.of(), List.of()))
        .hasMessage("image: expected each image once, but got 3 again.");
    assertThatThrownBy(() -> evaluator.add(4, List.of(large), List.of()))
        .hasMessageContaining("of image 4, but got one of image 1.");
    assertThatThrownBy(() -> evaluator.add(4, List.of(), List.of(new Detection(4, 8, 0.5, box(0)))))
        .hasMessage("category: expected one of the 1 evaluated categories, but got 8 in image 4.");
    assertThatThrownBy(() -> new Detection(1, 7, Double.NaN, box(0)))
        .hasMessage("score: expected a finite number, but got NaN.");
    assertThatThrownBy(() -> new CocoBox(0, 0, -1, 2))
        .hasMessage(
            "width and height: expected finite numbers of 0 or more, but got -1.0 and 2.0.");
    assertThatThrownBy(() -> SETTINGS.withMaxDetections(100, 10))
        .hasMessageContaining("maxDetections: expected at least one number, ascending");
  }

  @Test
  void plotIsAPictureAndNeedsObjects(@TempDir Path directory)
      throws IOException, URISyntaxException {
    CocoAnnotations annotations = CocoAnnotations.read(resource("annotations.json"), false);
    CocoDetections detections =
        CocoDetections.read(resource("detections.json"), annotations, false);
    CocoResult result = CocoEvaluator.evaluate(Region.BOXES, SETTINGS, annotations, detections);
    Path png = directory.resolve("precision-recall.png");
    PrecisionRecallPlot.draw(result, "all categories", png);
    assertThat(Files.size(png)).isGreaterThan(5_000);
    PrecisionRecallPlot.draw(result, 5, "category 5", png);
    assertThatThrownBy(() -> PrecisionRecallPlot.draw(result, 9, "category 9", png))
        .hasMessage("result: expected objects to be found, but no object counts.");
  }

  private static GroundTruth object(long image, CocoBox box, boolean ignore) {
    return new GroundTruth(image, 7, box, box.area(), false, ignore, Optional.empty());
  }

  private static CocoBox box(double x) {
    return new CocoBox(x, 10, 20, 20);
  }

  private static double[] values(Map<String, Double> numbers) {
    return numbers.values().stream().mapToDouble(number -> number).toArray();
  }

  static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(CocoEvaluatorTest.class.getResource(name), name).toURI());
  }
}
