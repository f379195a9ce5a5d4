package dev.recal.graphs.synthesis.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Images of a generator, generated in batches from given latent vectors.
 *
 * @param description for reports: the generator, and the seed of the vectors
 * @param generator generates the images
 * @param latent values of a vector
 * @param size height and width of the images
 * @param batch images per batch
 * @param vectors row-major, (N, latent); not copied
 * @param progress receives the number of images generated so far
 */
public record SampleStream(
    String description,
    Generator generator,
    int latent,
    int size,
    int batch,
    float[] vectors,
    IntConsumer progress)
    implements ImageStream {

  /** Generates images. */
  @FunctionalInterface
  public interface Generator {
    /**
     * Generates images.
     *
     * @param z row-major, (N, latent)
     * @return (N, size, size, 3) in 0–1
     */
    float[] generate(float[] z);
  }

  /** Rejects sizes below 1 and incomplete vectors. */
  public SampleStream {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(generator, "generator");
    Objects.requireNonNull(progress, "progress");
    if (latent < 1 || size < 1 || batch < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "latent, size and batch: expected at least 1, but got %d, %d and %d.",
              latent,
              size,
              batch));
    }
    if (vectors.length == 0 || vectors.length % latent != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "vectors: expected whole vectors of %d values, but got %d values.",
              latent,
              vectors.length));
    }
  }

  /** Returns the number of images. */
  public int count() {
    return vectors.length / latent;
  }

  @Override
  public void forEach(Consumer<ImageBatch> sink) {
    for (int from = 0; from < count(); from += batch) {
      int end = Math.min(count(), from + batch);
      float[] z = Arrays.copyOfRange(vectors, from * latent, end * latent);
      sink.accept(ImageBatch.ofFloats(end - from, size, size, generator.generate(z)));
      progress.accept(end);
    }
  }
}
