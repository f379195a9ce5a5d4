package dev.recal.graphs.data;

/**
 * A small random generator whose sequence is fixed by its definition, so that epoch orders and
 * synthetic textures stay the same in every Java release (Steele, Lea, Flood: "Fast splittable
 * pseudorandom number generators", 2014).
 */
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public SplitMix64(long seed) {
    state = seed;
  }

  /** One number out of several, such that neighbouring inputs give unrelated results. */
  public static long mix(long... parts) {
    long mixed = 0x243F6A8885A308D3L;
    for (long part : parts) {
      mixed = finish(mixed + GOLDEN_GAMMA + finish(part));
    }
    return mixed;
  }

  private static long finish(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  public long nextLong() {
    state += GOLDEN_GAMMA;
    return finish(state);
  }

  /** Uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high). */
  public double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** Uniform in 0 … bound − 1 for a positive bound. */
  public int nextInt(int bound) {
    return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
  }

  /** Standard normal (Box and Muller). */
  public double nextGaussian() {
    double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
    return radius * Math.cos(2 * Math.PI * nextDouble());
  }

  /** A random permutation of 0 … count − 1 (Fisher and Yates). */
  public int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
