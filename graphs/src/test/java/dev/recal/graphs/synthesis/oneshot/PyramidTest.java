package dev.recal.graphs.synthesis.oneshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyramidTest {

  private static final PyramidSettings PUBLISHED = PyramidSettings.defaults();

  @Test
  void hasThePublishedSizes() {
    Pyramid pyramid = Pyramid.of(186, 248, PUBLISHED);

    assertThat(pyramid.scales()).isEqualTo(9);
    assertThat(pyramid.height(0)).isEqualTo(25);
    assertThat(pyramid.width(0)).isEqualTo(34);
    assertThat(pyramid.height(8)).isEqualTo(186);
    assertThat(pyramid.width(8)).isEqualTo(248);
  }

  // What the released code's formulas give: largest scale, number of scales.
  @ParameterizedTest
  @CsvSource({
    "375,500,188,250,9",
    "164,244,164,244,9",
    "25,25,25,25,2",
    "100,25,100,25,2",
    "1000,1000,250,250,10"
  })
  void reducesLargeImages(int height, int width, int largestHeight, int largestWidth, int scales) {
    Pyramid pyramid = Pyramid.of(height, width, PUBLISHED);

    assertThat(pyramid.height()).isEqualTo(largestHeight);
    assertThat(pyramid.width()).isEqualTo(largestWidth);
    assertThat(pyramid.scales()).isEqualTo(scales);
    assertThat(Math.min(pyramid.height(0), pyramid.width(0))).isEqualTo(25);
  }

  @Test
  void everyScaleFitsIntoTheEnlargedOneBelow() {
    for (int height = 25; height < 260; height += 13) {
      Pyramid pyramid = Pyramid.of(height, 120, PUBLISHED);
      assertThat(IntStream.range(1, pyramid.scales()))
          .allMatch(k -> Math.ceil(pyramid.height(k - 1) / pyramid.factor()) >= pyramid.height(k))
          .allMatch(k -> Math.ceil(pyramid.width(k - 1) / pyramid.factor()) >= pyramid.width(k));
    }
  }

  @Test
  void namesImagesThatAreTooSmallOrTooLong() {
    assertThatThrownBy(() -> Pyramid.of(24, 100, PUBLISHED))
        .hasMessage("shorter side of the image in pixels: expected at least 25, but got 24.");
    assertThatThrownBy(() -> Pyramid.of(60, 1000, PUBLISHED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1000×60")
        .hasMessageContaining("the shorter one has 15, below minSize 25");
  }

  @Test
  void enlargesByEqualSteps() {
    assertThat(PyramidSettings.enlargingSteps(4)).isEqualTo(6);
    assertThat(Math.pow(PyramidSettings.enlarging(4, 250).factor(), -6)).isCloseTo(4, within(1e-9));
  }
}
