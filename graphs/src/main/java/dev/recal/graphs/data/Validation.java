package dev.recal.graphs.data;

/** How thoroughly the files of a source are checked when it is opened. */
public enum Validation {
  /**
   * Each file's format, size and end marker are read, and no pixels. A file that is damaged
   * elsewhere fails the training step that reads it.
   */
  HEADERS,
  /** Each file is decoded once by the op that training uses, so that nothing can fail later. */
  DECODE,
  /** {@link #DECODE} up to 512 MiB of files (seconds), {@link #HEADERS} above. */
  AUTOMATIC
}
