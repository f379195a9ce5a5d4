package dev.recal.models.faces;

import java.io.IOException;

/** Embeddings of length 1 that are read one block after the other. */
@FunctionalInterface
public interface EmbeddingRows {

  /**
   * Reads the next rows.
   *
   * @param block row-major, for a whole number of rows; filled from its beginning
   * @return how many rows were read; 0 at the end
   * @throws IOException if they cannot be read
   */
  int read(float[] block) throws IOException;
}
