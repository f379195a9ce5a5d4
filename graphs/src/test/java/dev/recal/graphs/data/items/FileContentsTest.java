package dev.recal.graphs.data.items;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a file's content is noticed, and what it costs. */
class FileContentsTest {

  private static final int BYTES = 150_000;

  @TempDir Path directory;

  private Path write(byte[] content) throws IOException {
    return Files.write(directory.resolve("image.png"), content);
  }

  private static byte[] content() {
    byte[] content = new byte[BYTES];
    new SplittableRandom(1).nextBytes(content);
    return content;
  }

  private static long checksum(Path file, long limit) {
    return FileContents.checksums(List.of(file), new long[] {BYTES}, limit)[0];
  }

  @Test
  void ofASmallSetEveryByteCounts() throws IOException {
    byte[] content = content();
    CRC32 expected = new CRC32();
    expected.update(content);
    assertThat(checksum(write(content), BYTES)).isEqualTo(expected.getValue());
    content[100_000] ^= 1;
    assertThat(checksum(write(content), BYTES)).isNotEqualTo(expected.getValue());
  }

  @Test
  void ofALargeSetThreeBlocksOfAFileCount() throws IOException {
    byte[] content = content();
    long before = checksum(write(content), BYTES - 1);
    for (int position : new int[] {0, BYTES / 2, BYTES - 1}) {
      byte[] changed = content.clone();
      changed[position] ^= 1;
      assertThat(checksum(write(changed), BYTES - 1)).isNotEqualTo(before);
    }
    content[30_000] ^= 1;
    assertThat(checksum(write(content), BYTES - 1)).isEqualTo(before);
  }

  @Test
  void smallFilesOfALargeSetAreReadAsAWhole() throws IOException {
    byte[] content = new byte[12_288];
    Path file = write(content);
    long[] size = {content.length};
    long before = FileContents.checksums(List.of(file), size, 0)[0];
    content[5000] = 1;
    write(content);
    assertThat(FileContents.checksums(List.of(file), size, 0)[0]).isNotEqualTo(before);
  }

  @Test
  void aFileThatCannotBeReadHasAChecksumOfItsOwn() {
    assertThat(checksum(directory.resolve("none.png"), BYTES)).isEqualTo(-1);
  }
}
