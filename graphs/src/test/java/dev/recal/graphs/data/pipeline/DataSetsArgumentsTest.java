package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSets;
import dev.recal.graphs.data.SampleImage;
import dev.recal.graphs.data.targets.Box;
import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NoTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Targets and images that are refused. */
class DataSetsArgumentsTest {
  private static final List<String> NAMES = List.of("a", "b", "c");

  @Test
  void rejectsInvalidTargets() {
    assertRefused(
        () -> ClassTargets.of(NAMES, 0, 3),
        "labels: item 1: expected a class index from 0 to 2, but got 3.");
    assertRefused(
        () -> MultiClassTargets.of(NAMES, List.of(new int[] {0, -1})),
        "labels: item 0: expected a class index from 0 to 2, but got -1.");
    assertRefused(
        () -> ClassTargets.of(List.of("a", "a"), 0),
        "classNames: expected different names, but got [a, a].");
    assertRefused(
        () -> NumberTargets.of(List.of("y"), new float[][] {{1}, {Float.NaN}}),
        "values: item 1: expected finite numbers, but got NaN at index 0.");
    assertRefused(
        () -> NumberTargets.of(List.of("x", "y"), new float[][] {{1, 2}, {1}}),
        "values: item 1: expected 2 numbers, but got 1.");
    assertRefused(
        () -> new ImageObjects(9, 7, List.of(new ImageObject(new Box(0, 0, 9, 7.5f), 0))),
        "object 0: expected a box within 9×7 pixels, but got (top 0.0, left 0.0, bottom 9.0, right"
            + " 7.5).");
    assertRefused(
        () -> new Box(2, 0, 2, 4),
        "box: expected finite edges with top < bottom and left < right, but got top 2.0, left 0.0,"
            + " bottom 2.0, right 4.0.");
    assertRefused(
        () ->
            new ImageObjects(
                9, 7, List.of(new ImageObject(new Box(0, 0, 1, 1), 0, Mask.ofRuns(7, 9, 0, 63)))),
        "object 0: expected a mask of 9×7 pixels, but got 7×9.");
    assertRefused(
        () -> ObjectTargets.of(List.of("a"), List.of(DataSetsTest.objects(0))),
        "images: item 0: expected a class index from 0 to 0, but got 1.");
  }

  @Test
  void rejectsTargetsThatDoNotFitTheImages() {
    assertRefused(
        () -> DataSets.of("set", DataSetsTest.images(3), new NoTargets(2)),
        "targets: expected one for each of 3 items, but got 2.");
    assertRefused(
        () ->
            DataSets.of(
                "set",
                DataSetsTest.images(1),
                ObjectTargets.of(NAMES, List.of(new ImageObjects(7, 9, List.of())))),
        "targets: image 0 of set has 9×7 pixels, but its objects are given for 7×9.");
    assertRefused(
        () ->
            DataSets.ofFeatures(
                "set",
                new float[][] {{1}},
                ObjectTargets.of(NAMES, List.of(new ImageObjects(1, 1, List.of())))),
        "targets: expected targets without places in an image, but got objects of 3 classes.");
    assertRefused(
        () -> DataSets.ofFeatures("set", new float[][] {{1, 2}, {3}}, new NoTargets(2)),
        "features: item 1: expected 2 numbers as item 0 has, but got 1.");
    assertRefused(
        () ->
            DataSets.ofFeatures(
                "set", new float[][] {{1, 2}, {3, Float.POSITIVE_INFINITY}}, new NoTargets(2)),
        "features: item 1: expected finite numbers, but got Infinity at index 1.");
    assertRefused(
        () -> DataSets.ofFeatures("set", new float[0][], new NoTargets(0)),
        "shape: expected at least one number an item, but got [0].");
    assertRefused(
        () -> SampleImage.pixels(2, 2, new byte[11]),
        "rgb: expected 2×2×3 = 12 values, but got 11.");
    assertRefused(
        () -> SampleImage.pixels(1, 1, new float[] {0, 0.5f, Float.NaN}),
        "rgb: expected numbers from 0 to 1, but got NaN at index 2.");
    assertRefused(
        () -> DataSets.of("set", List.of(), new NoTargets(0)), "set contains no usable images.");
  }

  static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
