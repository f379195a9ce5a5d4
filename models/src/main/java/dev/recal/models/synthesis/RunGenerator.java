package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.RestoredGenerator;
import java.io.IOException;

/**
 * A generator with the weights of a checkpoint.
 *
 * @param trained the network and where its weights are
 * @param restored the graph with these weights
 */
record RunGenerator(TrainedGenerator trained, RestoredGenerator restored)
    implements ImageGenerator {

  static RunGenerator open(TrainedGenerator trained) throws IOException {
    return new RunGenerator(
        trained, new RestoredGenerator(trained.generator(), trained.seed(), trained.weights()));
  }

  @Override
  public int latent() {
    return trained.generator().latent();
  }

  @Override
  public int size() {
    return trained.generator().size();
  }

  @Override
  public float[] generate(float[] z) {
    return restored.generate(z);
  }

  @Override
  public float[] mix(float[] z, float[] style) {
    return restored.mix(z, style);
  }

  @Override
  public void close() {
    restored.close();
  }
}
