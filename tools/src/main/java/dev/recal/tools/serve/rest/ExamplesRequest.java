package dev.recal.tools.serve.rest;

import java.util.List;

/**
 * What a client asks {@code :classify} or {@code :regress} for.
 *
 * @param signature the key; the default one where the client names none
 * @param examples serialised {@code tf.train.Example}s, each with the context's features
 */
public record ExamplesRequest(String signature, List<byte[]> examples) {

  /** Copies the list. */
  public ExamplesRequest {
    examples = List.copyOf(examples);
  }
}
