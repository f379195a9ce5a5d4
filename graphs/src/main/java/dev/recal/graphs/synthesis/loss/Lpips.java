package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LPIPS: the difference of a trained network's features, with channel weights fitted to human
 * perception.
 *
 * <p>Zhang, Isola, Efros, Shechtman, Wang 2018, "The Unreasonable Effectiveness of Deep Features as
 * a Perceptual Metric" (arXiv 1801.03924); official code: github richzhang/PerceptualSimilarity.
 * Equal except for the epsilon that avoids a division by zero for pixels without features, which is
 * under the root here.
 *
 * @param model a SavedModel of the feature network with its weights
 */
public record Lpips(Path model) implements PerceptualDistance {

  /** Rejects a missing path. */
  public Lpips {
    Objects.requireNonNull(model, "model");
  }

  @Override
  public PerceptualDistance at(Path base) {
    return new Lpips(base.resolve(model).toAbsolutePath().normalize());
  }

  @Override
  public ImageDistance open(FeatureNetworks networks) throws IOException {
    return new Opened(networks.open(model));
  }

  private record Opened(FeatureNetwork network) implements ImageDistance {

    @Override
    public Operand<TFloat32> between(Ops tf, Operand<TFloat32> images, Operand<TFloat32> targets) {
      Operand<TFloat32> pairs = tf.concat(List.of(images, targets), tf.constant(0));
      return FeatureDistance.of(tf, network.build(tf, pairs));
    }

    @Override
    public String description() {
      return "LPIPS, " + network.description();
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
