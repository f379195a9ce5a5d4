package dev.recal.graphs.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Image files for tests. */
public final class TestImages {
  private TestImages() {}

  /** Reproducible pixels as 0xAARRGGBB, smooth enough for JPEG. */
  public static BufferedImage image(int height, int width, int type, long seed) {
    BufferedImage image = new BufferedImage(width, height, type);
    SplitMix64 random = new SplitMix64(seed);
    double[] slope = new double[6];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = random.uniform(-0.5, 0.5);
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = 0xFF;
        for (int channel = 0; channel < 3; channel++) {
          double wave = Math.sin(slope[2 * channel] * x + slope[2 * channel + 1] * y + channel);
          rgb = rgb << 8 | (int) Math.round(127.5 + 100 * wave);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  public static BufferedImage image(int height, int width, long seed) {
    return image(height, width, BufferedImage.TYPE_INT_RGB, seed);
  }

  public static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, bytes)) {
      throw new IOException("No writer for " + format);
    }
    return bytes.toByteArray();
  }

  public static byte[] png(int height, int width, long seed) throws IOException {
    return encode(image(height, width, seed), "png");
  }

  public static byte[] jpeg(int height, int width, long seed) throws IOException {
    return encode(image(height, width, seed), "jpg");
  }

  /** An 8×8 JPEG of one colour, (200, 40, 90), in CMYK. */
  public static byte[] cmykJpeg() {
    return Base64.getDecoder().decode(CMYK);
  }

  /** A JPEG file with an EXIF orientation, 1–8. */
  public static byte[] withOrientation(byte[] jpeg, int orientation) {
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      18,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    byte[] file = new byte[jpeg.length + exif.length];
    System.arraycopy(jpeg, 0, file, 0, 2);
    System.arraycopy(exif, 0, file, 2, exif.length);
    System.arraycopy(jpeg, 2, file, 2 + exif.length, jpeg.length - 2);
    return file;
  }

  public static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** Writes a zip archive; members whose name ends in / are folders. */
  public static void zip(Path file, Map<String, byte[]> members, boolean stored)
      throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        if (stored) {
          CRC32 checksum = new CRC32();
          checksum.update(member.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(member.getValue().length);
          entry.setCrc(checksum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
  }

  /** Some PNG images of each class in a folder. */
  public static void folder(Path root, int classes, int perClass, int height, int width)
      throws IOException {
    for (int c = 0; c < classes; c++) {
      for (int i = 0; i < perClass; i++) {
        write(root.resolve("class" + c + "/" + i + ".png"), png(height, width, 100L * c + i));
      }
    }
  }

  private static final String CMYK =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJ"
          + "CAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEB"
          + "AQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQci"
          + "cRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
          + "Z2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV"
          + "1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9IK/J+vmev38r/9k=";
}
