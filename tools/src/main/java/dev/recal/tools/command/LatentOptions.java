package dev.recal.tools.command;

import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.models.synthesis.LatentFiles;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of a command's latent vectors: a seed, or a file. */
final class LatentOptions {

  private static final int MAX = 1_000_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Random seed of the latent vectors; equal seeds give equal images (0).")
  private Long seed;

  @Option(
      names = "--z",
      paramLabel = "FILE",
      description = "Read the latent vectors from a JSON file, as written by 'project'.")
  private Path file;

  private int drawn;
  private List<float[]> read = List.of();

  /** Returns the seed. */
  long seed() {
    return seed == null ? 0 : seed;
  }

  /** Returns whether vectors come from a file. */
  boolean named() {
    return file != null;
  }

  /**
   * Reads the file, and rejects a seed in addition to it and an invalid count, before a model is
   * opened.
   *
   * @param count the value of {@code --count}; null if not given
   * @param usual the default count
   * @param least the minimum count
   */
  void check(Integer count, int usual, int least) throws IOException {
    if (file != null && seed != null) {
      throw new UsageException("--seed: cannot be combined with --z.");
    }
    if (file != null && count != null) {
      throw new UsageException("--count: cannot be combined with --z.");
    }
    drawn = count == null ? usual : count;
    Bounds.requireWithin("--count", drawn, least, MAX);
    read = file == null ? List.of() : LatentFiles.read(file);
    if (file != null && read.size() < least) {
      throw new UsageException(
          "--z: expected at least " + least + " vectors, but got " + read.size() + ".");
    }
  }

  /**
   * Returns the file's vectors, or the requested number of random ones.
   *
   * @param latent values of a vector
   * @return row-major
   */
  float[] vectors(int latent) {
    if (file == null) {
      return Latents.draw(seed(), drawn, latent);
    }
    if (read.get(0).length != latent) {
      throw new UsageException(
          "--z: expected vectors of "
              + latent
              + " numbers, as the generator takes, but those of "
              + file
              + " have "
              + read.get(0).length
              + ".");
    }
    float[] z = new float[read.size() * latent];
    for (int row = 0; row < read.size(); row++) {
      System.arraycopy(read.get(row), 0, z, row * latent, latent);
    }
    return z;
  }
}
