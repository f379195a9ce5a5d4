package dev.recal.graphs.style;

import dev.recal.ops.Arguments;
import java.util.List;

/**
 * The convolutions of a decoder at one size; the size doubles before the next level.
 *
 * @param channels of each convolution's output
 */
public record DecoderLevel(List<Integer> channels) {

  /** Rejects levels without convolutions, and channels below 1. */
  public DecoderLevel {
    channels = List.copyOf(channels);
    Arguments.require(!channels.isEmpty(), "channels", "at least one convolution", channels);
    channels.forEach(count -> Arguments.atLeast(1, "channels", count));
  }
}
