package dev.recal.savedmodels.serving;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** A synthetic image, the same in every call, to test a server with. */
public final class SampleImage {

  private SampleImage() {}

  /**
   * Returns a JPEG file.
   *
   * @param size its height and width in pixels
   */
  public static byte[] jpeg(int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setPaint(new GradientPaint(0, 0, new Color(90, 140, 190), size, size, Color.ORANGE));
    pen.fillRect(0, 0, size, size);
    pen.setColor(new Color(60, 110, 60));
    pen.fillOval(size / 4, size / 4, size / 2, size / 2);
    pen.setColor(Color.WHITE);
    pen.setStroke(new BasicStroke(Math.max(1f, size / 16f)));
    pen.drawLine(size / 8, size - size / 8, size - size / 8, size / 8);
    pen.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);
    return bytes.toByteArray();
  }
}
