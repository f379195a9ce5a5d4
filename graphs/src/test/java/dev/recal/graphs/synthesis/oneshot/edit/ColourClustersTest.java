package dev.recal.graphs.synthesis.oneshot.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Expected values from scikit-learn 1.9: KMeans with tol 0, and with init and n_init 1. */
class ColourClustersTest {

  private static final float[] GREYS = {0, .02f, .04f, .5f, .52f, .9f, .95f, 1};

  private static ColourClusters greys() {
    return ColourClusters.of(GREYS, 1, 3, 0);
  }

  @Test
  void centresMatchScikitLearn() {
    assertThat(greys().centres()).containsExactly(new float[] {.02f, .51f, .95f}, within(1e-6f));
  }

  @Test
  void paintingsAreClusteredFromTheCentres() {
    float[] centres = greys().centres();
    float dark = centres[0];
    float middle = centres[1];
    float bright = centres[2];
    // The nearest centre of all of these is the one in the middle; the two others are empty at
    // first.
    float[] painting = {.3f, .31f, .35f, .6f, .62f, .63f, .7f};
    assertThat(greys().nearest(painting)).containsOnly(middle);
    assertThat(greys().quantised(painting))
        .containsExactly(dark, dark, bright, middle, middle, middle, middle);
    assertThat(greys().quantised(new float[] {0, 0, .1f, .1f, .1f, .2f}))
        .containsExactly(dark, dark, bright, bright, bright, middle);
    assertThat(greys().quantised(new float[] {.9f, .9f, .8f, .8f}))
        .containsExactly(bright, bright, dark, dark);
    assertThat(greys().quantised(new float[] {.9f, .9f, .9f, .9f, .9f, .8f, .8f, .8f, .8f}))
        .containsExactly(middle, middle, middle, middle, middle, dark, dark, dark, dark);
  }

  @Test
  void restartsFindSeparatedColours() {
    Random random = new Random(3);
    float[][] colours = {
      {.1f, .1f, .1f}, {.1f, .5f, .1f}, {.5f, .2f, .6f}, {.9f, .7f, .1f}, {.9f, .9f, .9f}
    };
    float[] pixels = new float[500 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = colours[i / 3 % 5][i % 3] + .05f * (random.nextFloat() - .5f);
    }
    ColourClusters found = ColourClusters.of(pixels, 3, ColourClusters.DEFAULT_COLOURS, 7);
    for (int i = 0; i < 15; i++) {
      assertThat(found.centres()[i]).isCloseTo(colours[i / 3][i % 3], within(.01f));
    }
    assertThat(ColourClusters.of(pixels, 3, 5, 7).centres()).isEqualTo(found.centres());
  }

  @Test
  void imagesWithFewerColoursHaveFewerCentres() {
    float[] pixels = {1, 0, 0, 0, 0, .5f, 1, 0, 0};
    assertThat(ColourClusters.of(pixels, 3, 5, 0).centres()).containsExactly(0, 0, .5f, 1, 0, 0);
  }

  @Test
  void rejectsPartsOfPixels() {
    assertThatThrownBy(() -> ColourClusters.of(new float[4], 3, 5, 0))
        .hasMessage("pixels: expected at least one pixel of 3 channels, but got 4 values.");
    assertThatThrownBy(() -> greys().quantised(new float[] {Float.NaN}))
        .hasMessage("pixels: expected numbers in 0–1, but got NaN.");
  }
}
