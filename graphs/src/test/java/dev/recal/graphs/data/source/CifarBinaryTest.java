package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CIFAR's binary files. */
class CifarBinaryTest {
  @TempDir Path folder;

  @Test
  void cifarFilesAreReadPlaneByPlane() throws IOException {
    for (int file = 1; file <= 2; file++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int record = 0; record < 3; record++) {
        bytes.write(record == 2 && file == 2 ? 77 : record);
        byte[] planes = new byte[3072];
        for (int i = 0; i < planes.length; i++) {
          planes[i] = (byte) (i * 7 + record + file);
        }
        bytes.write(planes);
      }
      if (file == 2) {
        bytes.write(new byte[10]);
      }
      Files.write(folder.resolve("data_batch_" + file + ".bin"), bytes.toByteArray());
    }
    CifarBinary source = CifarBinary.of(folder, true, CifarBinary.Labels.CIFAR10);
    try (DataSet data = source.open()) {
      assertThat(data.labels()).containsExactly(0, 1, 2, 0, 1);
      assertThat(data.classNames())
          .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
      assertThat(SourcesTest.skippedNames(data))
          .containsExactly("data_batch_2.bin#2", "data_batch_2.bin#3");
      float[] image = SourcesTest.all(data, 32).image(4);
      for (int y = 0; y < 32; y++) {
        for (int channel = 0; channel < 3; channel++) {
          int expected = (channel * 1024 + y * 32 + 5) * 7 + 1 + 2 & 0xFF;
          assertThat(image[(y * 32 + 5) * 3 + channel]).isEqualTo(expected * (1f / 255));
        }
      }
    }
    Files.writeString(
        folder.resolve("batches.meta.txt"), String.join("\n", "abcdefghij".split("")) + "\n\n");
    try (DataSet data = source.open()) {
      assertThat(data.classNames()).startsWith("a", "b", "c").hasSize(10);
    }
    assertThatThrownBy(() -> CifarBinary.of(folder, false, CifarBinary.Labels.CIFAR10))
        .hasMessageContaining("folder: expected test_batch.bin or test.bin, but");
  }

  @Test
  void cifar100HasCoarseAndFineLabels() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int record = 0; record < 3; record++) {
      bytes.write(19 - record);
      bytes.write(97 + record);
      bytes.write(new byte[3072]);
    }
    Files.write(folder.resolve("train.bin"), bytes.toByteArray());
    try (DataSet fine = CifarBinary.of(folder, true, CifarBinary.Labels.CIFAR100_FINE).open();
        DataSet coarse = CifarBinary.of(folder, true, CifarBinary.Labels.CIFAR100_COARSE).open()) {
      assertThat(fine.classNames()).hasSize(100).startsWith("00", "01").endsWith("98", "99");
      assertThat(fine.labels()).containsExactly(97, 98, 99);
      assertThat(coarse.classNames()).hasSize(20);
      assertThat(coarse.labels()).containsExactly(19, 18, 17);
    }
  }
}
