package dev.recal.graphs.synthesis;

import dev.recal.ops.BuildContext;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * FastGAN's discriminator: two patch logits, and decoders that reconstruct real images from its
 * maps.
 *
 * <p>Liu, Zhu, Song, Elgammal 2021 (arXiv 2101.04775), see {@link FastGanGenerator}. A stem to at
 * most 256×256; "Down2" blocks to 8×8, each the mean of [4×4 stride 2, batch norm, leaky ReLU, 3×3,
 * batch norm, leaky ReLU] and [average pooling, 1×1, batch norm, leaky ReLU]; skip-layer
 * excitations from fine maps to coarse ones; a head of 5×5 logits. The small image has a separate
 * path of 4×4 stride 2 convolutions with 5×5 logits. Leaky ReLU has slope 0.2. All convolutions are
 * spectrally normalised and without bias.
 *
 * <p>Difference from the official code: sizes under 256, where the stem is a 3×3 convolution at
 * full size and both paths and the decoders have correspondingly fewer blocks.
 *
 * <p>Variables: {@code stem/*}; {@code downR/main/conv1}, {@code bn1}, {@code conv2}, {@code bn2},
 * {@code downR/side/conv}, {@code bn}; {@code skipFtoT/*}; {@code head/conv1}, {@code bn1}, {@code
 * conv2}; {@code small/downR/conv}, {@code bn}, {@code small/head/conv}; {@code
 * decoder_whole/upR/*}, {@code decoder_whole/image}, {@code decoder_small/*}, {@code
 * decoder_part/*}; and for every kernel its {@code kernel_u}.
 *
 * @param size rows and columns of an image: a power of two from 32 to 1024
 * @param width the factor of the multipliers
 * @param multipliers channels of the maps of 8, 16 … 512 as shares of the width
 * @param skips the skip connections, from higher to lower resolutions
 */
public record FastGanDiscriminator(
    int size, int width, List<Double> multipliers, List<Skip> skips) {

  /** Rows and columns of the last maps. */
  static final int END = 8;

  private static final int MAX_MAP_SIZE = 512;
  private static final int MAX_STEM_SIZE = 256;
  private static final int MAX_DECODED_SIZE = 128;
  private static final List<Double> MULTIPLIERS = List.of(8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125);

  // The stem's map is 256×256 in every published network.
  private static final List<Integer> SKIP_SOURCES = List.of(256, 128, 64);

  /** Rejects invalid settings; the message names the setting. */
  public FastGanDiscriminator {
    Resolutions.require("size", size, 32, 1024);
    if (width < 2) {
      throw new IllegalArgumentException("width: expected at least 2, but got " + width + ".");
    }
    multipliers = List.copyOf(multipliers);
    skips = List.copyOf(skips);
    Resolutions.requireMultipliers(multipliers, END, MAX_MAP_SIZE);
    // The stem's first map has half the image's size if there are several.
    int largest = size > MAX_MAP_SIZE ? MAX_MAP_SIZE : Math.min(size, MAX_STEM_SIZE);
    for (int resolution = END; resolution <= largest; resolution *= 2) {
      int channels = Resolutions.channels(width, multipliers, END, resolution);
      boolean halved = resolution < smallSize(size);
      Resolutions.requireChannels(width, halved ? channels / 2 : channels, resolution);
    }
    requireSkips(Math.min(size, MAX_STEM_SIZE), skips);
  }

  /** The published network: width 64, excitations from 256 to 32, 128 to 16 and 64 to 8. */
  public static FastGanDiscriminator of(int size) {
    Resolutions.require("size", size, 32, 1024);
    List<Skip> skips = new ArrayList<>();
    for (int from : SKIP_SOURCES) {
      if (from <= size) {
        skips.add(new Skip(from, from / 8, SkipKind.excitation()));
      }
    }
    return new FastGanDiscriminator(size, 64, MULTIPLIERS, skips);
  }

  /** Returns a copy with another width. */
  public FastGanDiscriminator width(int other) {
    return new FastGanDiscriminator(size, other, multipliers, skips);
  }

  /** Returns rows and columns of the small image: 128, and half of sizes under 256. */
  public int smallSize() {
    return smallSize(size);
  }

  /** Returns height and width of the decoded images: the size, at most 128. */
  public int decodedSize() {
    return Math.min(MAX_DECODED_SIZE, size);
  }

  /** Returns rows and columns of the stem's map: the size, at most 256. */
  public int stemSize() {
    return Math.min(MAX_STEM_SIZE, size);
  }

  /** Returns the channels of the map of a resolution. */
  public int channels(int resolution) {
    return Resolutions.channels(width, multipliers, END, resolution);
  }

  /**
   * Adds the network to the graph.
   *
   * @param context for variables
   * @param images (N, size, size, 3), from −1 to 1
   * @param small the same images (N, s, s, 3), see {@link #smallSize()}
   */
  public DiscriminatorOutput build(
      BuildContext context, Operand<TFloat32> images, Operand<TFloat32> small) {
    Blocks.requireShape("images", images, size, size, 3);
    Blocks.requireShape("small", small, smallSize(), smallSize(), 3);
    return new DiscriminatorGraph(this, context).build(images, small);
  }

  /**
   * Adds the three decoders to the graph; they are for real images.
   *
   * @param context where {@link #build} put its variables
   * @param output what {@link #build} returned
   * @param quadrant which part is decoded, a scalar from 0 to 3: row by row
   */
  public Reconstructions decode(
      BuildContext context, DiscriminatorOutput output, Operand<TInt32> quadrant) {
    return new DecoderGraph(this, context).build(output, quadrant);
  }

  private static int smallSize(int size) {
    return Math.min(128, size / 2);
  }

  private static void requireSkips(int largest, List<Skip> skips) {
    Skip.requireDistinct(skips);
    for (Skip skip : skips) {
      if (skip.from() < skip.to() || skip.from() > largest || skip.to() < END) {
        throw new IllegalArgumentException(
            "skips: expected from a higher to a lower resolution, from "
                + largest
                + " down to "
                + END
                + ", but got one from "
                + skip.from()
                + " to "
                + skip.to()
                + ".");
      }
    }
  }
}
