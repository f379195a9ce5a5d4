package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;

/**
 * The pixels of a drawn face. Places are in the plane of the face: u to the right, v down, in
 * halves of its height, from its centre. An aligned face has its eyes, nose and mouth about where
 * the templates for 112×112 pixels have them.
 */
final class FaceCanvas {

  // Of a side: half the height of an aligned face, and the row of its centre.
  private static final double UNIT = 0.393;
  private static final double CENTRE = 0.571;
  // Blur and noise are those of an image of this size that is reduced.
  private static final int FULL_SIZE = 112;

  private final int size;
  private final FaceView.Pose pose;
  private final double pixels;
  private final double[] u;
  private final double[] v;
  private final double[] rgb;

  /** A shape as its distance: negative inside, in units of the plane, exact near the edge. */
  @FunctionalInterface
  interface Region {
    double distance(double u, double v);
  }

  FaceCanvas(int size, FaceView.Pose pose) {
    this.size = size;
    this.pose = pose;
    this.pixels = UNIT * size * pose.scale();
    this.u = new double[size * size];
    this.v = new double[size * size];
    this.rgb = new double[3 * size * size];
    double cosine = Math.cos(pose.roll());
    double sine = Math.sin(pose.roll());
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double x = column + 0.5 - centreX();
        double y = row + 0.5 - centreY();
        u[row * size + column] = (cosine * x + sine * y) / pixels;
        v[row * size + column] = (cosine * y - sine * x) / pixels;
      }
    }
  }

  private double centreX() {
    return (0.5 + UNIT * pose.x()) * size;
  }

  private double centreY() {
    return (CENTRE + UNIT * pose.y()) * size;
  }

  /** Returns the pixel coordinates (x, y) of a place; the centre of the first pixel is (0, 0). */
  double[] pixel(double[] place) {
    double cosine = Math.cos(pose.roll());
    double sine = Math.sin(pose.roll());
    double x = centreX() + pixels * (cosine * place[0] - sine * place[1]);
    double y = centreY() + pixels * (sine * place[0] + cosine * place[1]);
    return new double[] {x - 0.5, y - 0.5};
  }

  /** Fills everything with a gradient from top to bottom. */
  void fill(double[] above, double[] below) {
    for (int i = 0; i < u.length; i++) {
      double share = (double) (i / size) / size;
      for (int channel = 0; channel < 3; channel++) {
        rgb[3 * i + channel] = above[channel] + share * (below[channel] - above[channel]);
      }
    }
  }

  /** Paints a region, with smooth edges. */
  void paint(Region region, double[] colour, double opacity) {
    paint(region, new Box(0, 0, size, size), colour, opacity);
  }

  /**
   * Paints a region that lies within a distance of a place; faster, as only pixels there are tried.
   */
  void paint(Region region, double[] centre, double reach, double[] colour, double opacity) {
    double[] at = pixel(centre);
    double radius = reach * pixels + 2;
    Box box =
        new Box(
            Math.max(0, (int) Math.floor(at[1] - radius)),
            Math.max(0, (int) Math.floor(at[0] - radius)),
            Math.min(size, (int) Math.ceil(at[1] + radius) + 1),
            Math.min(size, (int) Math.ceil(at[0] + radius) + 1));
    paint(region, box, colour, opacity);
  }

  private record Box(int top, int left, int bottom, int right) {}

  private void paint(Region region, Box box, double[] colour, double opacity) {
    for (int row = box.top; row < box.bottom; row++) {
      for (int i = row * size + box.left; i < row * size + box.right; i++) {
        double covered = 0.5 - pixels * region.distance(u[i], v[i]);
        if (covered > 0) {
          double share = opacity * Math.min(1, covered);
          for (int channel = 0; channel < 3; channel++) {
            rgb[3 * i + channel] += share * (colour[channel] - rgb[3 * i + channel]);
          }
        }
      }
    }
  }

  /** Returns bytes of the lit image. */
  byte[] develop(FaceView.Light light, long seed) {
    double[] image = light.blurred() ? blurred() : rgb;
    SplitMix64 random = new SplitMix64(seed);
    double across = light.gradient() * Math.cos(light.direction());
    double down = light.gradient() * Math.sin(light.direction());
    double grain = light.grain() * Math.min(1, (double) size / FULL_SIZE);
    byte[] bytes = new byte[image.length];
    for (int i = 0; i < u.length; i++) {
      double brightness = Math.max(0.15, 1 + across * u[i] + down * v[i]);
      double grey = (image[3 * i] + image[3 * i + 1] + image[3 * i + 2]) / 3;
      for (int channel = 0; channel < 3; channel++) {
        double value = grey + light.saturation() * (image[3 * i + channel] - grey);
        value = brightness * light.gain()[channel] * value + grain * random.uniform(-1, 1);
        bytes[3 * i + channel] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
      }
    }
    return bytes;
  }

  // The mean of a square of 3×3 pixels of an image of full size; beyond an edge, its pixels repeat.
  private double[] blurred() {
    double half = Math.max(1, 3.0 * size / FULL_SIZE) / 2;
    return smoothed(smoothed(rgb, 1, half), size, half);
  }

  /**
   * Returns means over a part of each row or column.
   *
   * @param step from a pixel to the next: 1 in rows, the size in columns
   * @param half of the length of the part; pixels at its ends count in part
   */
  private double[] smoothed(double[] image, int step, double half) {
    int reach = (int) Math.ceil(half - 0.5);
    double[] mean = new double[image.length];
    for (int i = 0; i < u.length; i++) {
      int place = i / step % size;
      for (int offset = -reach; offset <= reach; offset++) {
        int other = Math.max(0, Math.min(size - 1, place + offset));
        double share = Math.min(1, half + 0.5 - Math.abs(offset)) / (2 * half);
        for (int channel = 0; channel < 3; channel++) {
          mean[3 * i + channel] += share * image[3 * (i + (other - place) * step) + channel];
        }
      }
    }
    return mean;
  }
}
