package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.ItemReader;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawnFacesTest {

  private static final int SIZE = 48;

  private static DrawnFaces faces(Textures.Split split, double movement) {
    return new DrawnFaces(split, 3, 2, SIZE, movement, 7);
  }

  @Test
  void sameSettingsGiveTheSameFaces() throws IOException {
    DrawnFaces small = faces(Textures.Split.TRAIN, 1);
    DrawnFaces test = faces(Textures.Split.TEST, 1);
    try (DataSet one = small.open();
        DataSet two = small.open();
        DataSet other = test.open();
        DataSet larger = small.withCounts(4, 3).open();
        ItemReader reader = new ItemReader(one.images(), SIZE);
        ItemReader largerReader = new ItemReader(larger.images(), SIZE)) {
      assertThat(one.digest()).isEqualTo(two.digest()).isNotEqualTo(larger.digest());
      assertThat(one.classNames()).containsExactly("identity0001", "identity0002", "identity0003");
      assertThat(other.classNames()).doesNotContainAnyElementsOf(one.classNames());
      assertThat(one.labels()).containsExactly(0, 0, 1, 1, 2, 2);
      assertThat(one.itemName(3)).isEqualTo("identity0002/identity0002_0002.png");
      assertThat(reader.read(3)).isEqualTo(largerReader.read(4));
      byte[] rgb = small.face(1, 1).rgb();
      assertThat(IntStream.of(reader.read(3)).map(pixel -> pixel & 0xFF).toArray())
          .isEqualTo(IntStream.range(0, SIZE * SIZE).map(p -> rgb[3 * p + 2] & 0xFF).toArray());
      assertThat(rgb).isNotEqualTo(test.face(1, 1).rgb());
    }
  }

  // In the frame of ArcFace's template, whose eyes are at (38, 52) and (74, 52) of 112 pixels.
  @Test
  void alignedFacesHaveTheirPointsAtTheTemplate() {
    DrawnFaces aligned = new DrawnFaces(Textures.Split.TEST, 20, 1, 112, 0, 1);
    double[] mean = new double[10];
    for (int identity = 0; identity < 20; identity++) {
      List<double[]> points = aligned.points(identity, 0);
      assertThat(points).hasSize(5);
      for (int i = 0; i < 10; i++) {
        mean[i] += points.get(i / 2)[i % 2] / 20;
      }
    }
    double[] template = {38.3, 51.7, 73.5, 51.5, 56.0, 71.7, 41.5, 92.4, 70.7, 92.2};
    for (int i = 0; i < 10; i++) {
      assertThat(mean[i]).as("number %d", i).isCloseTo(template[i], within(7.0));
    }
  }

  // Roll, scale and place are a similarity transform, so that distances have one ratio.
  @Test
  void movementMovesThePointsWithTheFace() {
    List<double[]> still = faces(Textures.Split.TEST, 0).points(0, 0);
    List<double[]> moved = faces(Textures.Split.TEST, 4).points(0, 0);
    double ratio = distance(moved, 0, 1) / distance(still, 0, 1);
    assertThat(Math.abs(ratio - 1)).isGreaterThan(0.01);
    for (int i = 2; i < 5; i++) {
      assertThat(distance(moved, 0, i)).isCloseTo(ratio * distance(still, 0, i), within(1e-6));
    }
  }

  private static double distance(List<double[]> points, int one, int other) {
    return Math.hypot(
        points.get(one)[0] - points.get(other)[0], points.get(one)[1] - points.get(other)[1]);
  }

  @Test
  void rejectsSettingsOutOfRange() {
    assertThatThrownBy(() -> DrawnFaces.train().withCounts(1, 2))
        .hasMessage("identities: expected from 2 to 9999, but got 1.");
    assertThatThrownBy(() -> new DrawnFaces(Textures.Split.TRAIN, 2, 2, 8, 1, 0))
        .hasMessage("size: expected from 32 to 1024 pixels, but got 8.");
  }
}
