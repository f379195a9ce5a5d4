package dev.recal.graphs.detection.found;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.ops.detection.Conventions;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Draws objects into a picture: the outline of each box, a tint of its mask, and its class and
 * score. Each class has its own colour.
 *
 * @param conventions of the boxes
 * @param labels the class names
 */
public record ObjectDrawing(Conventions conventions, List<String> labels) {

  private static final int COLOURS = 7;
  private static final double TINT = 0.45;
  private static final int LEGIBLE_SIDE = 400;
  private static final int SMALLEST_FONT = 11;
  private static final int LARGEST_FONT = 16;
  private static final int PIXELS_A_POINT = 40;

  /** Copies the names. */
  public ObjectDrawing {
    labels = List.copyOf(labels);
  }

  /**
   * Returns a picture with objects. If it is small, it is enlarged by a whole factor first, so that
   * the texts can be read.
   *
   * @param picture is not changed
   * @param objects in its pixels; those with the highest scores are drawn last
   */
  public BufferedImage drawn(BufferedImage picture, List<FoundObject> objects) {
    int side = Math.min(picture.getHeight(), picture.getWidth());
    int factor = Math.max(1, LEGIBLE_SIDE / side);
    int height = factor * picture.getHeight();
    int width = factor * picture.getWidth();
    BufferedImage enlarged = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = enlarged.createGraphics();
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    draw(enlarged, objects.stream().map(object -> enlarged(object, factor)).toList());
    return enlarged;
  }

  // An inclusive box ends at the last of its enlarged pixels.
  private FoundObject enlarged(FoundObject object, int factor) {
    float extra = conventions.inclusive() ? 1 : 0;
    float[] box = object.box();
    float[] edges = {
      factor * box[0],
      factor * box[1],
      factor * (box[2] + extra) - extra,
      factor * (box[3] + extra) - extra
    };
    return new FoundObject(edges, object.label(), object.score(), object.mask());
  }

  /**
   * Draws into a picture.
   *
   * @param picture is changed
   * @param objects in its pixels; those with the highest scores are drawn last
   */
  public void draw(BufferedImage picture, List<FoundObject> objects) {
    for (int i = objects.size() - 1; i >= 0; i--) {
      FoundObject object = objects.get(i);
      Color colour = colour(object.label());
      Optional<Mask> mask = object.pixels(conventions, picture.getHeight(), picture.getWidth());
      mask.ifPresent(pixels -> tint(picture, pixels, colour));
      outline(picture, object, colour);
    }
  }

  /** Returns the colour of a class. */
  public static Color colour(int label) {
    Color[] first = {Palette.VERMILION, Palette.BLUE, Palette.GREEN, Palette.PURPLE, Palette.AMBER};
    if (label < first.length) {
      return first[Math.max(0, label)];
    }
    // Hues far from each other, however many there are.
    float hue = (float) (label * (Math.sqrt(5) - 1) / 2 % 1);
    return Color.getHSBColor(hue, 0.8f, label / COLOURS % 2 == 0 ? 0.9f : 0.65f);
  }

  private static void tint(BufferedImage picture, Mask mask, Color colour) {
    boolean[] covered = mask.pixels();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        if (covered[y * picture.getWidth() + x]) {
          picture.setRGB(x, y, mixed(picture.getRGB(x, y), colour.getRGB()));
        }
      }
    }
  }

  private static int mixed(int below, int above) {
    int result = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      double level = (1 - TINT) * (below >> shift & 255) + TINT * (above >> shift & 255);
      result |= (int) Math.round(level) << shift;
    }
    return result;
  }

  private void outline(BufferedImage picture, FoundObject object, Color colour) {
    float[] box = object.box();
    float extra = conventions.inclusive() ? 1 : 0;
    int side = Math.min(picture.getHeight(), picture.getWidth());
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(colour);
    graphics.setStroke(new BasicStroke(Math.max(1, side / 300f)));
    graphics.draw(
        new Rectangle2D.Float(
            box[0],
            box[1],
            Math.max(1, box[2] + extra - box[0] - 1),
            Math.max(1, box[3] + extra - box[1] - 1)));
    graphics.setFont(
        Palette.font(Math.max(SMALLEST_FONT, Math.min(LARGEST_FONT, side / PIXELS_A_POINT))));
    FontMetrics metrics = graphics.getFontMetrics();
    String text = String.format(Locale.ROOT, "%s %.2f", name(object.label()), object.score());
    int height = metrics.getAscent() + metrics.getDescent();
    int x =
        Math.max(0, Math.min(Math.round(box[0]), picture.getWidth() - metrics.stringWidth(text)));
    int y = Math.max(0, Math.round(box[1]) - height);
    graphics.fillRect(x, y, metrics.stringWidth(text) + 1, height);
    graphics.setColor(Color.WHITE);
    graphics.drawString(text, x, y + metrics.getAscent());
    graphics.dispose();
  }

  /** Returns the name of a label, or its number if it has none. */
  public String name(int label) {
    return label < labels.size() ? labels.get(label) : Integer.toString(label);
  }
}
