package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;

/** The bytes of single textures, for tests of other packages. */
public final class TextureBytes {
  private TextureBytes() {}

  /** Draws a texture of a class: size×size×3 bytes. */
  public static byte[] of(int label, int size, SplitMix64 random) {
    return TextureStyle.ALL.get(label).draw(size, random);
  }
}
