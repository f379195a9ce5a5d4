package dev.recal.tools.serve.rest;

import java.util.List;

/**
 * A request to {@code :classify} or {@code :regress}.
 *
 * @param signature the key, or the default one
 * @param examples serialised {@code tf.train.Example}s, each with the context's features
 */
public record ExamplesRequest(String signature, List<byte[]> examples) {

  /** Copies the list. */
  public ExamplesRequest {
    examples = List.copyOf(examples);
  }
}
