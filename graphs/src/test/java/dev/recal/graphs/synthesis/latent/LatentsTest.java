package dev.recal.graphs.synthesis.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatentsTest {

  @Test
  void rowsDoNotDependOnTheCount() {
    float[] many = Latents.draw(7, 40, 30);
    assertThat(Latents.draw(7, 3, 30)).containsExactly(Arrays.copyOf(many, 90));
    assertThat(Latents.draw(8, 3, 30)).isNotEqualTo(Arrays.copyOf(many, 90));
    assertThat(Latents.row(many, 30, 1)).isNotEqualTo(Latents.row(many, 30, 0));
  }

  @Test
  void valuesAreStandardNormal() {
    float[] values = Latents.draw(1, 100, 256);
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += value / (double) values.length;
      square += (double) value * value / values.length;
    }
    assertThat(mean).isCloseTo(0, within(0.02));
    assertThat(square).isCloseTo(1, within(0.03));
  }

  @Test
  void interpolationFollowsAnArc() {
    float[] from = {2, 0};
    float[] to = {0, 4};
    float half = (float) (3 * Math.sqrt(0.5));
    assertThat(Latents.between(from, to, 0)).containsExactly(from, within(1e-6f));
    assertThat(Latents.between(from, to, 1)).containsExactly(to, within(1e-6f));
    assertThat(Latents.between(from, to, 0.5))
        .containsExactly(new float[] {half, half}, within(1e-6f));
  }

  @Test
  void parallelVectorsAreJoinedByALine() {
    assertThat(Latents.between(new float[] {1, 1}, new float[] {3, 3}, 0.5))
        .containsExactly(new float[] {2, 2}, within(1e-6f));
    assertThat(Latents.between(new float[] {0, 0}, new float[] {4, 0}, 0.25))
        .containsExactly(new float[] {1, 0}, within(1e-6f));
  }

  @Test
  void pathPassesItsVectorsAndClosedPathOmitsTheLastRow() {
    float[] vectors = {1, 0, 0, 1, -1, 0};
    float[] open = Latents.path(vectors, 2, 4, false);
    assertThat(open).hasSize(9 * 2);
    assertThat(Latents.row(open, 2, 4)).containsExactly(new float[] {0, 1}, within(1e-6f));
    assertThat(Latents.row(open, 2, 8)).containsExactly(new float[] {-1, 0}, within(1e-6f));
    float[] diagonal = {(float) Math.sqrt(0.5), (float) Math.sqrt(0.5)};
    assertThat(Latents.row(open, 2, 2)).containsExactly(diagonal, within(1e-6f));

    float[] closed = Latents.path(vectors, 2, 1, true);
    assertThat(closed).hasSize(3 * 2);
    assertThat(Latents.row(closed, 2, 2)).containsExactly(new float[] {-1, 0}, within(1e-6f));
  }

  @Test
  void rejectsInvalidPaths() {
    assertThatThrownBy(() -> Latents.draw(1, 0, 4)).hasMessageContaining("count: expected");
    assertThatThrownBy(() -> Latents.path(new float[2], 2, 1, false))
        .hasMessageContaining("two or more");
    assertThatThrownBy(() -> Latents.path(new float[5], 2, 1, false))
        .hasMessageContaining("5 values");
    assertThatThrownBy(() -> Latents.between(new float[2], new float[3], 0))
        .hasMessageContaining("to: expected the 2 values");
  }
}
