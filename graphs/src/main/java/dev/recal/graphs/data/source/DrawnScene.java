package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.Mask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One drawn scene.
 *
 * @param rgb height×width×3 bytes, interleaved
 * @param objects visible ones, the farthest first
 */
record DrawnScene(byte[] rgb, ImageObjects objects) {

  /** Incremented whenever the same settings draw another scene. */
  static final int VERSION = 1;

  private static final double MAX_COVERED = 0.8;
  private static final int MIN_PIXELS = 8;

  // Small shapes would be lost in the full contrast of the textures.
  private static final double CONTRAST = 0.6;
  private static final double GREY = 127.5;

  /**
   * Draws a scene.
   *
   * @param seed of everything random in it
   */
  static DrawnScene draw(int height, int width, int minObjects, int maxObjects, long seed) {
    SplitMix64 random = new SplitMix64(SplitMix64.mix(seed, 0));
    int count = minObjects + random.nextInt(maxObjects - minObjects + 1);
    List<DrawnShape> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(DrawnShape.random(height, width, random));
    }
    List<DrawnShape> shapes = withoutCovered(drawn, height, width);
    byte[] rgb = background(height, width, seed);
    for (int i = 0; i < shapes.size(); i++) {
      shapes.get(i).paint(rgb, height, width, new SplitMix64(SplitMix64.mix(seed, 2, i)));
    }
    int[] front = front(shapes, height, width);
    List<ImageObject> objects = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      boolean[] visible = new boolean[front.length];
      for (int pixel = 0; pixel < front.length; pixel++) {
        visible[pixel] = front[pixel] == i;
      }
      Mask mask = Mask.ofPixels(height, width, visible);
      int label = shapes.get(i).shape().ordinal();
      objects.add(new ImageObject(mask.box().orElseThrow(), label, mask));
    }
    return new DrawnScene(rgb, new ImageObjects(height, width, objects));
  }

  /**
   * The texture behind all objects of the scene with this seed: one of half the size, enlarged,
   * which takes a quarter of the time, with a grain like that of the shapes.
   */
  static byte[] background(int height, int width, long seed) {
    SplitMix64 random = new SplitMix64(SplitMix64.mix(seed, 1));
    TextureStyle style = TextureStyle.ALL.get(random.nextInt(TextureStyle.ALL.size()));
    int size = (Math.max(height, width) + 1) / 2;
    byte[] half = style.draw(size, random);
    double grain = random.uniform(2, 20);
    byte[] rgb = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double noise = grain * random.uniform(-1, 1);
        for (int channel = 0; channel < 3; channel++) {
          double value = GREY + CONTRAST * (enlarged(half, size, y, x, channel) - GREY) + noise;
          rgb[3 * (y * width + x) + channel] = (byte) Math.round(Math.max(0, Math.min(255, value)));
        }
      }
    }
    return rgb;
  }

  /** A pixel of an image enlarged to the double, bilinearly. */
  private static double enlarged(byte[] half, int size, int y, int x, int channel) {
    int near = 3 * (y / 2 * size + x / 2) + channel;
    int nextY = Math.max(0, Math.min(size - 1, y / 2 + y % 2 * 2 - 1));
    int nextX = Math.max(0, Math.min(size - 1, x / 2 + x % 2 * 2 - 1));
    int besideX = 3 * (y / 2 * size + nextX) + channel;
    int besideY = 3 * (nextY * size + x / 2) + channel;
    int across = 3 * (nextY * size + nextX) + channel;
    return (9 * (half[near] & 0xFF)
            + 3 * (half[besideX] & 0xFF)
            + 3 * (half[besideY] & 0xFF)
            + (half[across] & 0xFF))
        / 16.0;
  }

  /**
   * Leaves out shapes that others hide, not only their annotations: an image must not show what a
   * network is told to be background. More of the others is then visible, never less.
   */
  private static List<DrawnShape> withoutCovered(List<DrawnShape> shapes, int height, int width) {
    int[] whole = new int[shapes.size()];
    int[] visible = new int[shapes.size()];
    int[] front = front(shapes, height, width);
    for (int i = 0; i < shapes.size(); i++) {
      int shape = i;
      shapes
          .get(i)
          .forEachPixel(
              height,
              width,
              pixel -> {
                whole[shape]++;
                visible[shape] += front[pixel] == shape ? 1 : 0;
              });
    }
    List<DrawnShape> kept = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      boolean enough = visible[i] >= MIN_PIXELS && visible[i] >= (1 - MAX_COVERED) * whole[i];
      // Nothing hides the last one.
      if (enough || i == shapes.size() - 1) {
        kept.add(shapes.get(i));
      }
    }
    return kept;
  }

  /** For each pixel the shape that is visible there, −1 for the background. */
  private static int[] front(List<DrawnShape> shapes, int height, int width) {
    int[] front = new int[height * width];
    Arrays.fill(front, -1);
    for (int i = 0; i < shapes.size(); i++) {
      int shape = i;
      shapes.get(i).forEachPixel(height, width, pixel -> front[pixel] = shape);
    }
    return front;
  }
}
