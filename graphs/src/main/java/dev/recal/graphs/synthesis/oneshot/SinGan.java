package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import dev.recal.ops.skip.SkipLayerSlim;
import java.util.Objects;
import java.util.Optional;

/**
 * The generators and critics of a pyramid (SinGAN, arXiv 1905.01164), plain or with SLIM (arXiv
 * 2112.14804).
 *
 * <p>At scale n the width is min(width · 2^⌊n / 4⌋, maxWidth). With SLIM all scales but the first
 * are modulated, with 4 groups, reduction 1, no norm in the style branch and dilation 5 up to scale
 * 3, 8 above. Parameters of a scale at width 32: generator 29,763 plain and at scale 0, with SLIM
 * 36,391 (1–3), 140,359 (4–7), 551,047 (from 8); critic 29,185, 113,665, 448,513.
 *
 * @param skip of the generators: {@code slim} or {@code none}
 * @param width channels at the first four scales, a multiple of 4 with SLIM
 * @param maxWidth maximum channels
 */
public record SinGan(Modulation skip, int width, int maxWidth) {

  private static final int SCALES_PER_WIDTH = 4;
  private static final int GROUPS = 4;
  private static final int LOW_DILATION = 5;
  private static final int HIGH_DILATION = 8;

  /** How a generator's head modulates its last block. */
  public enum Modulation {
    /** Skip-layer inception modulation. */
    SLIM,
    /** Not at all: plain SinGAN. */
    NONE
  }

  /** Rejects numbers below 1, and with SLIM widths that are not multiples of its groups. */
  public SinGan {
    Objects.requireNonNull(skip, "skip");
    Arguments.atLeast(1, "width", width);
    Arguments.atLeast(width, "maxWidth", maxWidth);
    if (skip == Modulation.SLIM) {
      Arguments.require(width % GROUPS == 0, "width", "a multiple of " + GROUPS, width);
      Arguments.require(maxWidth % GROUPS == 0, "maxWidth", "a multiple of " + GROUPS, maxWidth);
    }
  }

  /** With SLIM, widths 32 to 128. */
  public static SinGan defaults() {
    return new SinGan(Modulation.SLIM, 32, 128);
  }

  /** Returns the width of a scale's networks. */
  public int width(int scale) {
    Arguments.atLeast(0, "scale", scale);
    int doublings = Math.min(scale / SCALES_PER_WIDTH, Integer.SIZE);
    return (int) Math.min((long) width << doublings, maxWidth);
  }

  /**
   * Returns the generator of a scale.
   *
   * @param channels of the image, 1 or 3
   */
  public ScaleGenerator generator(int scale, int channels) {
    boolean modulated = skip == Modulation.SLIM && scale > 0;
    return new ScaleGenerator(
        channels,
        width(scale),
        modulated ? Optional.of(slim(scale)) : Optional.empty(),
        !modulated);
  }

  private static SkipLayerSlim slim(int scale) {
    int dilation = scale < SCALES_PER_WIDTH ? LOW_DILATION : HIGH_DILATION;
    SkipLayerSlim layer = SkipLayerSlim.oneShot(dilation);
    return new SkipLayerSlim(
        layer.groups(),
        layer.reduction(),
        layer.dilation(),
        layer.styleNorm(),
        layer.noise(),
        layer.spectral(),
        ConvolutionBlock.KERNEL,
        ConvolutionBlock.GAMMA);
  }

  /** Returns the critic of a scale. */
  public ScaleCritic critic(int scale) {
    return new ScaleCritic(width(scale));
  }
}
