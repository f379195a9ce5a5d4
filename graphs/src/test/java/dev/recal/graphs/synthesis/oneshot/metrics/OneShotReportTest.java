package dev.recal.graphs.synthesis.oneshot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.ImageBatch;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OneShotReportTest {

  /** The red value of each pixel as its only feature. */
  private record RedPixels() implements FeatureMapSource {
    @Override
    public FeatureDescription description() {
      return new FeatureDescription("red", 1, "unchanged", false);
    }

    @Override
    public FeatureMatrix positions(ImageBatch oneImage) {
      float[] pixels = oneImage.floats();
      float[] red = new float[pixels.length / 3];
      for (int i = 0; i < red.length; i++) {
        red[i] = pixels[3 * i];
      }
      return FeatureMatrix.of(red.length, 1, red);
    }

    @Override
    public void close() {}
  }

  private static ImageBatch grey(int count, float... pixels) {
    return ImageBatch.ofFloats(count, 1, pixels.length / count, 1, pixels);
  }

  @Test
  void distanceIsThatOfTheNormalDistributionsOfPositions() {
    SingleImageFrechet frechet = new SingleImageFrechet(new RedPixels(), grey(1, 0, 1));
    // Standard deviations √½ and 0, means ½ and 1; then equal ones.
    SingleImageFrechet.Score score = frechet.measure(grey(2, 1, 1, 1, 0));
    assertThat(score.distances().get(0)).isCloseTo(0.25 + 0.5, within(1e-9));
    assertThat(score.distances().get(1)).isCloseTo(0, within(1e-9));
    assertThat(score.mean()).isCloseTo(0.375, within(1e-9));
    assertThat(score.standardDeviation()).isCloseTo(0.375, within(1e-9));
  }

  @Test
  void singlePositionsAndSeveralImagesAreRejected() {
    FeatureMapSource source = new RedPixels();
    assertThatThrownBy(() -> new SingleImageFrechet(source, grey(1, 0.5f)))
        .hasMessage("image: the feature map of 1×1 pixels needs at least 2 positions, but got 1.");
    assertThatThrownBy(() -> new SingleImageFrechet(source, grey(2, 0, 1, 1, 0)))
        .hasMessage("real: expected one image, but got 2.");
  }

  @Test
  void diversityIsRelativeToTheTrainingImage() {
    PixelDiversity diversity = new PixelDiversity(new float[] {0, 0, 1, 1}, 2);
    // Intensities ½ and 0, then ½ and 1: deviations 0 and ½, of an image with ½.
    diversity.add(new float[] {0, 1, 0, 0});
    assertThatThrownBy(diversity::value)
        .hasMessage("samples: a diversity needs at least 2 samples, but got 1.");
    diversity.add(new float[] {1, 0, 1, 1});
    assertThat(diversity.value()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void diversityRejectsConstantImagesAndOtherSizes() {
    assertThatThrownBy(() -> new PixelDiversity(new float[] {.3f, .3f, .3f}, 1))
        .hasMessage(
            "image: expected pixels of different intensities, but all of them are 0.3000; a"
                + " diversity relative to this image is not defined.");
    PixelDiversity diversity = new PixelDiversity(new float[] {0, 1}, 1);
    assertThatThrownBy(() -> diversity.add(new float[3]))
        .hasMessage("samples: expected images of the training image's 2 values, but got 3 values.");
  }

  @Test
  void standInRanksBlurredSamplesBehindShiftedOnesAndIsNeverSifid() {
    int size = 128;
    Random random = new Random(5);
    float[] wide = new float[size * (size + 1)];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = random.nextFloat();
    }
    float[] image = new float[size * size];
    float[] shifted = new float[2 * image.length];
    float[] blurred = new float[2 * image.length];
    for (int i = 0; i < image.length; i++) {
      int place = i / size * (size + 1) + i % size;
      image[i] = wide[place];
      shifted[i] = wide[place];
      shifted[image.length + i] = wide[place + 1];
      blurred[i] = wide[place];
      blurred[image.length + i] = (wide[place] + wide[place + 1]) / 2;
    }
    try (StandInMaps maps = new StandInMaps()) {
      OneShotReport near = OneShotReport.measure(maps, image, shifted, size, size, 1);
      OneShotReport far = OneShotReport.measure(maps, image, blurred, size, size, 1);
      assertThat(near.distance()).isPositive().isLessThan(far.distance() / 3);
      assertThat(far.values())
          .containsOnlyKeys(
              "diversity", "stand_in_single_image_deviation", "stand_in_single_image_distance");
      assertThat(far.toJson().get("distanceName").getAsString())
          .isEqualTo("single-image Fréchet distance of stand-in features (not SIFID)");
      assertThat(far.samples()).isEqualTo(2);
      // A quarter of each side, rounded up.
      FeatureMatrix positions = maps.positions(grey(1, new float[37]));
      assertThat(positions.count()).isEqualTo(10);
      assertThat(positions.dimensions()).isEqualTo(maps.description().dimensions());
    }
  }
}
