package dev.recal.ops.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfRecordTest {
  /** What tf.io.TFRecordWriter of TensorFlow 2.21 writes for b"squeeze" and b"". */
  private static final byte[] FROM_TENSORFLOW =
      HexFormat.of()
          .parseHex(
              "0700000000000000bbd79f1173717565657a652c0e88ec000000000000000029039807d8ea82a2");

  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<byte[]> readAll(byte[] file) throws IOException {
    List<byte[]> records = new ArrayList<>();
    try (TfRecordReader reader = new TfRecordReader(new ByteArrayInputStream(file), "test")) {
      Optional<byte[]> record = reader.next();
      while (record.isPresent()) {
        records.add(record.get());
        record = reader.next();
      }
      assertThat(reader.records()).isEqualTo(records.size());
      assertThat(reader.offset()).isEqualTo(file.length);
    }
    return records;
  }

  @Test
  void writesWhatTensorFlowWrites() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TfRecordWriter writer = new TfRecordWriter(out)) {
      writer.write(bytes("squeeze"));
      writer.write(new byte[0]);
    }
    assertThat(out.toByteArray()).isEqualTo(FROM_TENSORFLOW);
  }

  @Test
  void readsWhatTensorFlowWrites() throws IOException {
    assertThat(readAll(FROM_TENSORFLOW)).containsExactly(bytes("squeeze"), new byte[0]);
  }

  @Test
  void readsBackLargeAndCompressedRecords() throws IOException {
    byte[] large = new byte[300_000];
    new Random(1).nextBytes(large);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TfRecordWriter writer = new TfRecordWriter(new GZIPOutputStream(out))) {
      writer.write(large);
    }
    try (TfRecordReader reader =
        new TfRecordReader(
            new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())), "test")) {
      assertThat(reader.next()).hasValue(large);
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void reportsTruncationOffset() {
    int firstRecord = 16 + "squeeze".length();
    for (int length = 1; length < FROM_TENSORFLOW.length; length++) {
      if (length == firstRecord) {
        continue; // Cut between two records: a shorter whole file.
      }
      byte[] cut = Arrays.copyOf(FROM_TENSORFLOW, length);
      DamagedRecordException failure =
          catchThrowableOfType(DamagedRecordException.class, () -> readAll(cut));
      assertThat(failure).as("cut to %d bytes", length).isNotNull();
      assertThat(failure.truncated()).isTrue();
      assertThat(failure.offset()).isEqualTo(length < firstRecord ? 0 : firstRecord);
      assertThat(failure).hasMessageContaining("truncated").hasMessageContaining("test");
    }
  }

  @Test
  void findsEveryDamagedByte() {
    for (int i = 0; i < FROM_TENSORFLOW.length; i++) {
      byte[] damaged = FROM_TENSORFLOW.clone();
      damaged[i] ^= 0x10;
      DamagedRecordException failure =
          catchThrowableOfType(DamagedRecordException.class, () -> readAll(damaged));
      assertThat(failure).as("byte %d", i).isNotNull();
      assertThat(failure.truncated()).isFalse();
      assertThat(failure).hasMessageContaining("checksum");
    }
  }

  @Test
  void doesNotOverwrite() throws IOException {
    Path file = directory.resolve("a.tfrecord");
    try (TfRecordWriter writer = TfRecordWriter.create(file)) {
      writer.write(bytes("kept"));
    }
    assertThatThrownBy(() -> TfRecordWriter.create(file))
        .isInstanceOf(FileAlreadyExistsException.class);
    try (TfRecordReader reader = TfRecordReader.open(file)) {
      assertThat(reader.next()).hasValue(bytes("kept"));
    }
  }
}
