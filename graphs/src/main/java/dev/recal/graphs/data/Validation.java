package dev.recal.graphs.data;

/** How thoroughly the files of a source are checked when it is opened. */
public enum Validation {
  /**
   * Each file's format, size and end marker are read, and no pixels. A file that is damaged
   * elsewhere is found, named and replaced by another one when it is to be read.
   */
  HEADERS,
  /** Each file is decoded once by the op that training uses. */
  DECODE,
  /**
   * {@link #DECODE} up to 512 MiB of files (seconds) and where {@link OpenSettings#strict} is set,
   * {@link #HEADERS} above.
   */
  AUTOMATIC
}
