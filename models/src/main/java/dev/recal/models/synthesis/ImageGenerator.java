package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.RestoredGenerator;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;

/** A generator: a SavedModel, or a run's averaged weights. */
public interface ImageGenerator extends AutoCloseable {

  /** Returns the length of a latent vector. */
  int latent();

  /** Returns the rows and columns of the images. */
  int size();

  /**
   * Generates images.
   *
   * @param z row-major, (N, latent)
   * @return (N, size, size, 3) in 0–1
   */
  float[] generate(float[] z);

  /**
   * Generates images whose skip connections take the maps of other vectors.
   *
   * @param z row-major, (N, latent)
   * @param style (N, latent)
   * @return (N, size, size, 3) in 0–1
   */
  float[] mix(float[] z, float[] style);

  @Override
  void close();

  /**
   * Opens a run's directory, with its newest checkpoint, or a SavedModel.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is neither, or not a generator
   */
  static ImageGenerator open(Path model) throws IOException {
    return RunDirectory.isAt(model, SynthesisRecipe.class)
        ? RunGenerator.open(TrainedGenerator.open(model))
        : ModelGenerator.open(model);
  }

  /** Returns the batch size for images of a size, so that the maps fit into memory. */
  static int batch(int size) {
    return RestoredGenerator.batch(size);
  }
}
