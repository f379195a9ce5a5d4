package dev.recal.graphs.synthesis.oneshot.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EditMaskTest {

  // scikit-image 0.26: binary_dilation with disk(3), gaussian with sigma 5, scaled to 0–1.
  private static final int HEIGHT = 9;
  private static final int WIDTH = 13;
  private static final float[] ROW_0 = {
    0.414042f, 0.467921f, 0.503727f, 0.518323f, 0.510981f, 0.483537f, 0.440064f, 0.386142f,
    0.327904f, 0.271066f, 0.220159f, 0.178087f, 0.146050f
  };
  private static final float[] ROW_8 = {
    0.000000f, 0.045861f, 0.097674f, 0.156431f, 0.223248f, 0.299074f, 0.384328f, 0.478565f,
    0.580273f, 0.686865f, 0.794911f, 0.900550f, 1.000000f
  };

  private static float[] mask() {
    float[] mask = new float[HEIGHT * WIDTH];
    mask[2 * WIDTH + 3] = 1;
    mask[8 * WIDTH + 12] = 0.5f;
    return mask;
  }

  @Test
  void weightsMatchScikitImage() {
    EditMask soft = EditMask.of(mask(), HEIGHT, WIDTH, 3);
    for (int x = 0; x < WIDTH; x++) {
      assertThat(soft.weights()[x]).isCloseTo(ROW_0[x], within(2e-6f));
      assertThat(soft.weights()[8 * WIDTH + x]).isCloseTo(ROW_8[x], within(2e-6f));
    }
  }

  @Test
  void dilationUsesADisk() {
    boolean[] point = new boolean[11 * 11];
    point[5 * 11 + 5] = true;
    boolean[] dilated = MaskFilters.dilate(point, 11, 11, 4);
    for (int y = 0; y < 11; y++) {
      for (int x = 0; x < 11; x++) {
        boolean inside = (y - 5) * (y - 5) + (x - 5) * (x - 5) <= 16;
        assertThat(dilated[y * 11 + x]).as("%d, %d", y, x).isEqualTo(inside);
      }
    }
  }

  @Test
  void maskThatCoversEverythingGivesTheForeground() {
    EditMask soft = EditMask.of(mask(), HEIGHT, WIDTH, EditMask.EDITING_RADIUS);
    assertThat(soft.weights()).containsOnly(1f);
  }

  @Test
  void blendInterpolatesEachChannel() {
    EditMask mask = new EditMask(1, 2, new float[] {0, 0.25f});
    float[] blended =
        mask.blend(
            new float[] {0.1f, 0.2f, 0.3f, 0, 0.4f, 1}, new float[] {1, 1, 1, 1, 0.8f, 0}, 3);
    assertThat(blended)
        .containsExactly(new float[] {0.1f, 0.2f, 0.3f, 0.25f, 0.5f, 0.75f}, within(1e-6f));
  }

  @Test
  void rejectsEmptyMasksAndOtherSizes() {
    assertThatThrownBy(() -> EditMask.of(new float[6], 2, 3, 7))
        .hasMessage("mask: expected at least one pixel greater than 0, but the mask is empty.");
    assertThatThrownBy(() -> EditMask.of(new float[5], 2, 3, 7))
        .hasMessage("mask: a mask of 2×3 pixels takes 6 values, but got 5.");
    assertThatThrownBy(() -> EditMask.of(new float[] {255}, 1, 1, 7))
        .hasMessage("mask: expected values in 0–1, but got 255.0.");
    EditMask mask = EditMask.of(mask(), HEIGHT, WIDTH, 0);
    assertThatThrownBy(() -> mask.blend(new float[351], new float[117], 3))
        .hasMessage(
            "foreground: an image of the mask's size, 9×13×3, takes 351 values, but got 117.");
  }
}
