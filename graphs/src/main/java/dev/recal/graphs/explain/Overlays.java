package dev.recal.graphs.explain;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;

/** Overlays of maps over their image. */
final class Overlays {

  /** From cold to hot and from dark to light, so that it is readable in grey. */
  private static final int[] HEAT = {
    0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D,
    0xFCFFA4
  };

  private static final float MAP_SHARE = 0.65f;
  private static final float REGION_SHARE = 0.6f;
  private static final float GOLDEN_ANGLE = 0.381966f;

  private Overlays() {}

  /** The image by itself. */
  static BufferedImage image(List<Plane> pixels, int scale) {
    return draw(pixels, scale, (y, x, height, width, rgb) -> {});
  }

  /** A smooth heat map over the grey image; values near {@code top} are hot. */
  static BufferedImage heat(List<Plane> pixels, Plane map, float top, int scale) {
    float range = top > 0 ? top : 1;
    return draw(
        pixels,
        scale,
        (y, x, height, width, rgb) -> {
          toGrey(rgb);
          mix(rgb, heat(map.smooth(y, x, height, width) / range), MAP_SHARE);
        });
  }

  /** A heat map from 0 to 1 over the image in grey, each of its places as one block. */
  static BufferedImage blocks(List<Plane> pixels, Plane map, int scale) {
    return draw(
        pixels,
        scale,
        (y, x, height, width, rgb) -> {
          toGrey(rgb);
          mix(rgb, heat(map.nearest(y, x, height, width)), MAP_SHARE);
        });
  }

  /** The image with each position in the colour of its region. */
  static BufferedImage regions(List<Plane> pixels, Plane regions, int scale) {
    return draw(
        pixels,
        scale,
        (y, x, height, width, rgb) -> {
          toGrey(rgb);
          int region = (int) regions.nearest(y, x, height, width);
          mix(rgb, region(region), REGION_SHARE);
        });
  }

  /** The colour of a region: far apart on the colour wheel for neighbouring numbers. */
  static int region(int number) {
    return Color.HSBtoRGB(number * GOLDEN_ANGLE, 0.85f, 1f) & 0xFFFFFF;
  }

  /** A colour from cold at 0 to hot at 1. */
  static int heat(float value) {
    float place = Math.max(0, Math.min(1, value)) * (HEAT.length - 1);
    int index = Math.min(HEAT.length - 2, (int) place);
    float part = place - index;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int low = HEAT[index] >> shift & 0xFF;
      int high = HEAT[index + 1] >> shift & 0xFF;
      rgb |= Math.round(low + (high - low) * part) << shift;
    }
    return rgb;
  }

  /** Changes a pixel of three channels from 0 to 1. */
  private interface Shader {
    void shade(int y, int x, int height, int width, float[] rgb);
  }

  private static BufferedImage draw(List<Plane> pixels, int scale, Shader shader) {
    int height = pixels.get(0).height() * scale;
    int width = pixels.get(0).width() * scale;
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[] rgb = new float[3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          rgb[channel] = pixels.get(channel).nearest(y, x, height, width);
        }
        shader.shade(y, x, height, width, rgb);
        picture.setRGB(x, y, packed(rgb));
      }
    }
    return picture;
  }

  // So that the colours of the image and of the map are not confused.
  private static void toGrey(float[] rgb) {
    float grey = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
    rgb[0] = grey;
    rgb[1] = grey;
    rgb[2] = grey;
  }

  private static void mix(float[] rgb, int colour, float share) {
    for (int channel = 0; channel < 3; channel++) {
      float other = (colour >> 16 - 8 * channel & 0xFF) / 255f;
      rgb[channel] = rgb[channel] * (1 - share) + other * share;
    }
  }

  private static int packed(float[] rgb) {
    int packed = 0;
    for (float channel : rgb) {
      packed = packed << 8 | Math.round(255 * Math.max(0, Math.min(1, channel)));
    }
    return packed;
  }
}
