package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.RestoredGenerator;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;

/** A generator that answers, be it a SavedModel or a run's averaged weights. */
public interface ImageGenerator extends AutoCloseable {

  /** Returns how many values a latent vector has. */
  int latent();

  /** Returns the rows and columns of the images. */
  int size();

  /**
   * Makes images.
   *
   * @param z row-major, (N, latent)
   * @return (N, size, size, 3) in 0–1
   */
  float[] generate(float[] z);

  /**
   * Makes images whose skip connections read the maps of other vectors.
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
   * @throws IllegalArgumentException if it is neither, or makes no images
   */
  static ImageGenerator open(Path model) throws IOException {
    return RunDirectory.isAt(model, SynthesisRecipe.class)
        ? RunGenerator.open(TrainedGenerator.open(model))
        : ModelGenerator.open(model);
  }

  /** Returns how many images of a size are made at once, so that the maps stay in memory. */
  static int batch(int size) {
    return RestoredGenerator.batch(size);
  }
}
