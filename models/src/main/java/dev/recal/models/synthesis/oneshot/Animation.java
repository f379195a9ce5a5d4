package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An animation of the training image: a random walk of the noise near the one that the image is
 * reconstructed from (SinGAN, arXiv 1905.01164, supplementary material).
 *
 * <p>With z* the fixed noise and standard normal r<sub>t</sub>, z<sub>t+1</sub> = α z* + (1 − α)
 * (z<sub>t</sub> + β (z<sub>t</sub> − z<sub>t−1</sub>) + (1 − β) r<sub>t</sub>), from z<sub>0</sub>
 * = z* and z<sub>1</sub> = 0.95 z* + 0.05 r<sub>0</sub>. Scales below the start keep z*.
 *
 * @param alpha how near the walk stays to the training image, 0–1
 * @param beta how smooth it is, 0–1
 * @param startScale the first scale whose noise walks
 * @param frames number of frames
 * @param seed of the walk
 */
public record Animation(double alpha, double beta, int startScale, int frames, long seed) {

  private static final float FIRST_STEP = 0.05f;

  /** Rejects numbers outside their ranges. */
  public Animation {
    Arguments.require(alpha >= 0 && alpha <= 1, "alpha", "from 0 to 1", alpha);
    Arguments.require(beta >= 0 && beta <= 1, "beta", "from 0 to 1", beta);
    Arguments.atLeast(0, "startScale", startScale);
    Arguments.atLeast(1, "frames", frames);
  }

  /** α 0.1, β 0.9, 100 frames. */
  public static Animation of(int startScale, long seed) {
    return new Animation(0.1, 0.9, startScale, 100, seed);
  }

  /** Returns the default scale: 2, or the last one. */
  public static int scale(Pyramid pyramid) {
    return Math.min(2, pyramid.last());
  }

  /**
   * Generates the frames, one at a time.
   *
   * @param each gets images of the training image's size
   * @throws IllegalArgumentException if the scale does not exist
   */
  public void generate(OneShotModel model, Consumer<OneShotImage> each) {
    Pyramid sizes = model.pyramid();
    sizes.requireScale("startScale", startScale);
    NoiseMaps fixed = model.fixedNoise();
    NoiseMaps before = fixed;
    NoiseMaps now = mixed(fixed, normal(model, 0), FIRST_STEP);
    for (int frame = 0; frame < frames; frame++) {
      NoiseMaps next = next(fixed, before, now, normal(model, frame + 1));
      each.accept(model.generateFromNoise(kept(fixed, next)));
      before = now;
      now = next;
    }
  }

  private NoiseMaps normal(OneShotModel model, int step) {
    return NoiseMaps.normal(model.pyramid(), model.channels(), SplitMix64.mix(seed, step));
  }

  private NoiseMaps next(NoiseMaps fixed, NoiseMaps before, NoiseMaps now, NoiseMaps random) {
    return combined(
        fixed,
        (scale, i) -> {
          double z = value(now, scale, i);
          double step = beta * (z - value(before, scale, i)) + (1 - beta) * value(random, scale, i);
          return alpha * value(fixed, scale, i) + (1 - alpha) * (z + step);
        });
  }

  private static NoiseMaps mixed(NoiseMaps fixed, NoiseMaps random, float share) {
    return combined(
        fixed,
        (scale, i) -> (1 - share) * value(fixed, scale, i) + share * value(random, scale, i));
  }

  private NoiseMaps kept(NoiseMaps fixed, NoiseMaps walking) {
    List<PyramidMaps> maps = new ArrayList<>(fixed.maps().subList(0, startScale));
    maps.addAll(walking.maps().subList(startScale, walking.maps().size()));
    return new NoiseMaps(fixed.sizes(), maps);
  }

  /** A value of a map. */
  private interface Value {
    double at(int scale, int index);
  }

  private static double value(NoiseMaps noise, int scale, int index) {
    return noise.maps().get(scale).values()[index];
  }

  private static NoiseMaps combined(NoiseMaps like, Value value) {
    List<PyramidMaps> maps = new ArrayList<>();
    for (int scale = 0; scale < like.maps().size(); scale++) {
      PyramidMaps shape = like.maps().get(scale);
      float[] values = new float[shape.values().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) value.at(scale, i);
      }
      maps.add(new PyramidMaps(1, shape.height(), shape.width(), shape.channels(), values));
    }
    return new NoiseMaps(like.sizes(), maps);
  }
}
