package dev.recal.graphs.charts;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.FileFailures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes images as an endlessly looping GIF. Each frame has its own palette of 256 colours, chosen
 * by Java's GIF writer.
 */
public final class AnimatedGif {

  private static final String FORMAT = "javax_imageio_gif_image_1.0";
  private static final int MILLISECONDS_A_UNIT = 10;
  // "Netscape 2.0", sub-block 1, 0 repetitions: endless.
  private static final byte[] FOR_EVER = {1, 0, 0};

  private AnimatedGif() {}

  /**
   * Writes the file; a reader sees the old file or the new one.
   *
   * @param frames one or more of one size
   * @param milliseconds that a frame is shown, at least 20; GIF counts in hundredths of a second
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void write(Path file, List<BufferedImage> frames, int milliseconds) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("frames: expected at least one, but got none.");
    }
    if (milliseconds < 2 * MILLISECONDS_A_UNIT) {
      throw new IllegalArgumentException(
          "milliseconds: expected at least 20 because viewers slow down faster animations, but got "
              + milliseconds
              + ".");
    }
    try {
      AtomicFiles.write(file, encode(frames, milliseconds));
    } catch (IOException failure) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "Cannot write the animation %s: %s.",
              file,
              FileFailures.reason(failure)),
          failure);
    }
  }

  private static byte[] encode(List<BufferedImage> frames, int milliseconds) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
        metadata.mergeTree(FORMAT, description(milliseconds));
        writer.writeToSequence(new IIOImage(frame, null, metadata), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadataNode description(int milliseconds) {
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("delayTime", Integer.toString(milliseconds / MILLISECONDS_A_UNIT));
    control.setAttribute("transparentColorIndex", "0");
    root.appendChild(control);
    IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
    IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
    loop.setAttribute("applicationID", "NETSCAPE");
    loop.setAttribute("authenticationCode", "2.0");
    loop.setUserObject(FOR_EVER.clone());
    extensions.appendChild(loop);
    root.appendChild(extensions);
    return root;
  }
}
