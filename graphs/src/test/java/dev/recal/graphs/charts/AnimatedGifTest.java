package dev.recal.graphs.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnimatedGifTest {

  private static final int SIZE = 48;
  private static final int FRAMES = 5;

  @TempDir private Path directory;

  @Test
  void framesKeepColoursTimingAndLoop() throws Exception {
    Path file = directory.resolve("morph.gif");
    AnimatedGif.write(file, frames(), 120);

    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertThat(reader.getNumImages(true)).isEqualTo(FRAMES);
      for (int i = 0; i < FRAMES; i++) {
        assertThat(difference(reader.read(i), frames().get(i))).isLessThan(6);
        IIOMetadataNode root =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        IIOMetadataNode control =
            (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
        assertThat(control.getAttribute("delayTime")).isEqualTo("12");
      }
    } finally {
      reader.dispose();
    }
    String bytes =
        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(bytes).startsWith("GIF89a").contains("NETSCAPE2.0\u0003\u0001\u0000\u0000");
  }

  @Test
  void rejectsNoFramesAndInvalidTimes() {
    Path file = directory.resolve("none.gif");
    assertThatThrownBy(() -> AnimatedGif.write(file, List.of(), 100))
        .hasMessageContaining("frames");
    assertThatThrownBy(() -> AnimatedGif.write(file, frames(), 10))
        .hasMessageContaining("milliseconds: expected at least 20");
    assertThat(file).doesNotExist();
  }

  private static List<BufferedImage> frames() {
    List<BufferedImage> frames = new ArrayList<>();
    for (int frame = 0; frame < FRAMES; frame++) {
      float[] pixels = new float[SIZE * SIZE * 3];
      for (int i = 0; i < SIZE * SIZE; i++) {
        pixels[3 * i] = (float) (i % SIZE) / SIZE;
        pixels[3 * i + 1] = (float) (i / SIZE) / SIZE;
        pixels[3 * i + 2] = (float) frame / FRAMES;
      }
      frames.add(ImageGrid.single(pixels, SIZE, 0));
    }
    return frames;
  }

  // Mean difference of a channel, in levels of 255.
  private static double difference(BufferedImage one, BufferedImage other) {
    double sum = 0;
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          sum += Math.abs((one.getRGB(x, y) >> shift & 255) - (other.getRGB(x, y) >> shift & 255));
        }
      }
    }
    return sum / (SIZE * SIZE * 3);
  }
}
