package dev.recal.graphs.charts;

import java.awt.Color;
import java.awt.Font;

/**
 * Colours and fonts of all charts; colour-blind readers can also distinguish the series colours.
 */
public final class Palette {
  public static final Color BACKGROUND = Color.WHITE;
  public static final Color TEXT = new Color(0x222222);
  public static final Color MUTED_TEXT = new Color(0x666666);
  public static final Color GRID = new Color(0xE4E4E4);
  public static final Color BORDER = new Color(0xBBBBBB);
  // Okabe and Ito, Color Universal Design, 2008.
  public static final Color BLUE = new Color(0x0072B2);
  public static final Color VERMILION = new Color(0xD55E00);
  public static final Color GREEN = new Color(0x009E73);
  public static final Color PURPLE = new Color(0xCC79A7);
  public static final Color AMBER = new Color(0xE69F00);

  private Palette() {}

  /** Returns a paler shade of the same hue. */
  public static Color light(Color color, double amount) {
    return new Color(
        mix(color.getRed(), amount), mix(color.getGreen(), amount), mix(color.getBlue(), amount));
  }

  private static int mix(int channel, double amount) {
    return (int) Math.round(channel + (255 - channel) * amount);
  }

  /** A plain font of a size in points. */
  public static Font font(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  /** A bold font of a size in points. */
  public static Font boldFont(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }
}
