package dev.recal.ops.records;

import java.util.zip.CRC32C;

/**
 * The masked CRC-32C of the TFRecord format.
 *
 * <p>The checksum is rotated and shifted by a constant, because the checksum of data that itself
 * contains checksums is weak. Source: {@code tsl/lib/hash/crc32c.h} of TensorFlow.
 */
public final class RecordChecksum {
  private static final int MASK_DELTA = 0xa282ead8;

  private RecordChecksum() {}

  /** Returns the masked checksum of a range of bytes. */
  public static int masked(byte[] bytes, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, offset, length);
    int crc = (int) checksum.getValue();
    return Integer.rotateRight(crc, 15) + MASK_DELTA;
  }
}
