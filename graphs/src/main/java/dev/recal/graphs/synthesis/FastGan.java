package dev.recal.graphs.synthesis;

import java.util.Objects;

/**
 * A generator and the discriminator that it is trained against.
 *
 * @param generator generates images
 * @param discriminator distinguishes them from real ones
 */
public record FastGan(FastGanGenerator generator, FastGanDiscriminator discriminator) {

  /** Rejects networks of different sizes. */
  public FastGan {
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(discriminator, "discriminator");
    if (generator.size() != discriminator.size()) {
      throw new IllegalArgumentException(
          "discriminator.size: expected the generator's "
              + generator.size()
              + ", but got "
              + discriminator.size()
              + ".");
    }
  }

  /** The published networks of a size: width 64, 256 latent values. */
  public static FastGan of(int size, SkipKind kind) {
    return new FastGan(FastGanGenerator.of(size, kind), FastGanDiscriminator.of(size));
  }

  /** Returns a copy with another width of both. */
  public FastGan width(int other) {
    return new FastGan(generator.width(other), discriminator.width(other));
  }

  /** Returns rows and columns of an image. */
  public int size() {
    return generator.size();
  }
}
