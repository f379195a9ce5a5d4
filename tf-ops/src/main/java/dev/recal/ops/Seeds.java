package dev.recal.ops;

/** Seeds that depend on a name and not on the order in which a graph was built. */
public final class Seeds {

  private Seeds() {}

  /**
   * Mixes a seed with a name: equal arguments give equal results in every JVM, and a change of
   * either changes about half of the bits.
   */
  public static long derive(long seed, String name) {
    long hash = mix(seed);
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return hash;
  }

  // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
