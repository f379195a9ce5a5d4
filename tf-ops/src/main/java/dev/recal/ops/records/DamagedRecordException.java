package dev.recal.ops.records;

import java.io.IOException;

/** A record file ends in the middle of a record, or a checksum does not match. */
public final class DamagedRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;
  private final boolean truncated;

  DamagedRecordException(String message, long offset, boolean truncated) {
    super(message);
    this.offset = offset;
    this.truncated = truncated;
  }

  /**
   * The offset of the damaged record in the uncompressed data; all records before it are intact.
   */
  public long offset() {
    return offset;
  }

  /** True if the file is truncated, for example because its writer was killed. */
  public boolean truncated() {
    return truncated;
  }
}
