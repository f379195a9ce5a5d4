package dev.recal.models.features;

import dev.recal.ops.json.Names;
import java.util.Arrays;
import java.util.List;

/** The pixel range of a feature network. */
public enum PixelRange {
  /** Recal's own models, and those of TensorFlow Hub. */
  UNIT("0..1", 1, 0),
  /** Keras models such as Inception and MobileNet. */
  SIGNED("-1..1", 2, -1),
  /** Networks that normalise bytes themselves. */
  BYTES("0..255", 255, 0);

  private final String text;
  private final float scale;
  private final float offset;

  PixelRange(String text, float scale, float offset) {
    this.text = text;
    this.scale = scale;
    this.offset = offset;
  }

  /**
   * Parses a range.
   *
   * @param text for example {@code -1..1}
   */
  public static PixelRange of(String text) {
    List<String> known = Arrays.stream(values()).map(PixelRange::toString).toList();
    return Arrays.stream(values())
        .filter(range -> range.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "pixelRange: there is no '" + text + "'." + Names.hint(text, known)));
  }

  /** Converts pixels from 0–1 to this range, in place. */
  void apply(float[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = scale * pixels[i] + offset;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
