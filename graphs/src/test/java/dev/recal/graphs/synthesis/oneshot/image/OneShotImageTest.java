package dev.recal.graphs.synthesis.oneshot.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.charts.PngFiles;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneShotImageTest {

  @TempDir private Path directory;

  private OneShotImage read(BufferedImage image) throws IOException {
    Path file = directory.resolve("image.png");
    PngFiles.write(file, () -> image);
    return OneShotImageFile.read(file, 1000);
  }

  @Test
  void greyAndSixteenBitImagesBecomeEightBits() throws IOException {
    BufferedImage grey = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    WritableRaster raster = grey.getRaster();
    raster.setSample(1, 1, 0, 0x80ff);
    raster.setSample(2, 1, 0, 0xffff);
    OneShotImage read = read(grey);
    assertThat(read.channels()).isEqualTo(1);
    assertThat(read.values()).hasSize(6);
    assertThat(read.values()[4]).isEqualTo(0x80 / 127.5f - 1);
    assertThat(read.values()[5]).isEqualTo(1);
    assertThat(read.isPlain()).isFalse();
  }

  @Test
  void opaquePixelsAreReadAndOthersRefused() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 4; i++) {
      image.setRGB(i / 2, i % 2, 0xffff0000);
    }
    OneShotImage red = read(image);
    assertThat(red.channels()).isEqualTo(3);
    assertThat(red.isPlain()).isTrue();
    assertThat(red.unit()).startsWith(1f, 0f, 0f);
    image.setRGB(1, 1, 0xfeff0000);
    assertThatThrownBy(() -> read(image)).hasMessageContaining("has transparent pixels");
    BufferedImage large = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    assertThatThrownBy(() -> read(large)).hasMessageContaining("1,000");
  }

  @Test
  void channelsAreConvertedAndPartsCut() throws IOException {
    OneShotImage red = OneShotImage.ofUnit(1, 2, 3, new float[] {1, 0, 0, 0, 0, 1});
    OneShotImage grey = red.withChannels(1);
    assertThat(grey.unit()[0]).isCloseTo(0.299f, within(1e-6f));
    assertThat(grey.withChannels(3).unit()[4]).isCloseTo(0.114f, within(1e-6f));
    assertThat(red.cropped(1, 1).unit()).containsExactly(1, 0, 0);
    BufferedImage picture = red.picture();
    assertThat(picture.getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);
    Path file = directory.resolve("again.png");
    PngFiles.write(file, () -> picture);
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(2);
    assertThat(OneShotImageFile.read(file, 10)).isEqualTo(red);
  }
}
