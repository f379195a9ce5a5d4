package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * FastGAN's generator with skip-layer excitation or skip-layer inception modulation.
 *
 * <p>Liu, Zhu, Song, Elgammal 2021, "Towards Faster and Stabilized GAN Training for High-fidelity
 * Few-shot Image Synthesis" (arXiv 2101.04775); official code: github odegeasslbc/FastGAN-pytorch.
 * Shen, Wu 2021, "SLIM" (arXiv 2112.14804); official code: github Torment123/SLIM_code.
 *
 * <p>4×4 deconvolution of z, batch norm, GLU; then for every resolution from 8 to the size a block:
 * "Up" (16, 64, 256, 1024) is nearest ×2, 3×3 convolution, batch norm, GLU; "Up2" (8, 32, 128, 512)
 * is nearest ×2 and twice 3×3 convolution, noise, batch norm, GLU. Noise is one normal value for
 * each pixel times one learned scalar. A block is followed by the skips that end there. The image
 * is a 3×3 convolution of the last map, the small image a 1×1 convolution of an earlier one. All
 * convolutions are spectrally normalised and without bias.
 *
 * <p>Difference from the official code: sizes under 256, where the network ends earlier; in
 * inference phase all images of a batch share one noise map, so that an image depends only on its
 * z.
 *
 * <p>Variables: {@code start/kernel} (latent, 4, 4, 2C), {@code start/bn/*}; {@code
 * upR/conv/kernel}, {@code upR/bn/*}, in "Up2" {@code upR/conv1}, {@code noise_gain1}, {@code bn1},
 * {@code conv2}, {@code noise_gain2}, {@code bn2}; {@code skipFtoT/*}; {@code image/kernel}, {@code
 * small/kernel}; and for every kernel its {@code kernel_u}.
 *
 * @param size rows and columns of an image: a power of two from 32 to 1024
 * @param latent values of z
 * @param width the factor of the multipliers
 * @param multipliers channels of the maps of 4, 8, 16 … 1024 as shares of the width
 * @param skips the skip connections; a scope's name consists of their two resolutions, so no two
 *     have both in common
 * @param noise whether "Up2" adds noise
 * @param tanh whether images end in tanh; at 1024 always
 */
public record FastGanGenerator(
    int size,
    int latent,
    int width,
    List<Double> multipliers,
    List<Skip> skips,
    boolean noise,
    boolean tanh) {

  /** The first resolution. */
  static final int START = 4;

  private static final int MAX_SIZE = 1024;
  private static final List<Double> MULTIPLIERS =
      List.of(16.0, 8.0, 4.0, 2.0, 2.0, 1.0, 0.5, 0.25, 0.125);

  /** Rejects invalid settings; the message names the setting. */
  public FastGanGenerator {
    Resolutions.require("size", size, 32, MAX_SIZE);
    requirePositive("latent", latent);
    requirePositive("width", width);
    multipliers = List.copyOf(multipliers);
    skips = List.copyOf(skips);
    Resolutions.requireMultipliers(multipliers, START, MAX_SIZE);
    for (int resolution = START; resolution <= size; resolution *= 2) {
      int channels = Resolutions.channels(width, multipliers, START, resolution);
      Resolutions.requireChannels(width, channels, resolution);
    }
    requireSkips(size, width, multipliers, skips);
    if (size == MAX_SIZE && !tanh) {
      throw new IllegalArgumentException(
          "tanh: expected true at size "
              + MAX_SIZE
              + ", where the output always passes through tanh.");
    }
  }

  /** The published network: 256 latent values, width 64, noise; tanh at 1024 only. */
  public static FastGanGenerator of(int size, SkipKind kind) {
    Resolutions.require("size", size, 32, MAX_SIZE);
    return new FastGanGenerator(
        size, 256, 64, MULTIPLIERS, kind.skips(size), true, size == MAX_SIZE);
  }

  /** Returns a copy with another width. */
  public FastGanGenerator width(int other) {
    return new FastGanGenerator(size, latent, other, multipliers, skips, noise, tanh);
  }

  /** Returns rows and columns of the small image: 128, and half of sizes under 256. */
  public int smallSize() {
    return Math.min(128, size / 2);
  }

  /** Returns the channels of the map of a resolution. */
  public int channels(int resolution) {
    return Resolutions.channels(width, multipliers, START, resolution);
  }

  /**
   * Adds the network to the graph.
   *
   * @param context for variables
   * @param z (N, latent), standard normal
   */
  public GeneratorOutput build(BuildContext context, Operand<TFloat32> z) {
    Blocks.requireShape("z", z, latent);
    return new GeneratorGraph(this, context).build(z);
  }

  /**
   * Adds the network for inference, with the modulating maps of the skips taken from another
   * latent.
   *
   * @param context for variables, of a tower in inference phase
   * @param z (N, latent)
   * @param style (N, latent)
   * @throws IllegalArgumentException in training, where both latents would share batch statistics
   */
  public GeneratorOutput mix(BuildContext context, Operand<TFloat32> z, Operand<TFloat32> style) {
    Blocks.requireShape("z", z, latent);
    Blocks.requireShape("style", style, latent);
    if (context.training()) {
      throw new IllegalArgumentException(
          "context: expected a tower in inference phase for style mixing, but '"
              + context.tower()
              + "' is in training phase.");
    }
    return new GeneratorGraph(this, context).mix(z, style);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }

  private static void requireSkips(
      int size, int width, List<Double> multipliers, List<Skip> skips) {
    Skip.requireDistinct(skips);
    for (Skip skip : skips) {
      if (skip.from() > skip.to() || skip.to() > size) {
        throw new IllegalArgumentException(
            "skips: expected from a lower to a higher resolution, up to the size "
                + size
                + ", but got one from "
                + skip.from()
                + " to "
                + skip.to()
                + ".");
      }
      int channels = Resolutions.channels(width, multipliers, START, skip.from());
      if (skip.layer() instanceof SkipLayerSlim slim && channels % slim.groups() != 0) {
        throw new IllegalArgumentException(
            "skips: expected groups that divide the "
                + channels
                + " channels of the map of "
                + skip.from()
                + "×"
                + skip.from()
                + ", but got "
                + slim.groups()
                + ".");
      }
    }
  }
}
