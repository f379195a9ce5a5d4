package dev.recal.ops.records;

import java.io.IOException;

/** A record file ends in the middle of a record, or a checksum does not fit its bytes. */
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
   * Where the damaged record begins, in bytes of uncompressed data; everything before it was whole.
   */
  public long offset() {
    return offset;
  }

  /** True when the file simply ends too early, as after a writer was killed. */
  public boolean truncated() {
    return truncated;
  }
}
