package dev.recal.tools.command;

import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.synthesis.LatentFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a command's latent vectors come from: a seed, or a file. */
final class LatentOptions {

  private static final int MOST = 1_000_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Which vectors are drawn; the same seed gives the same images (0).")
  private Long seed;

  @Option(
      names = "--z",
      paramLabel = "FILE",
      description = "Take the vectors of a JSON file, which 'project' writes.")
  private Path file;

  /** Returns the seed. */
  long seed() {
    return seed == null ? 0 : seed;
  }

  /** Returns whether vectors come from a file. */
  boolean named() {
    return file != null;
  }

  /** Refuses a seed beside a file, and a count that makes no sense. */
  void check(String option, int count, int least) {
    if (file != null && seed != null) {
      throw new UsageException("--seed: the vectors are those of --z, and none are drawn.");
    }
    if (count < least || count > MOST) {
      throw new UsageException(
          option + ": expected from " + least + " to " + MOST + ", but " + count + " came.");
    }
  }

  /**
   * Returns the file's vectors, or as many drawn ones as are asked for.
   *
   * @param latent values of a vector
   * @return row-major
   */
  float[] vectors(int count, int latent) throws IOException {
    return file == null ? Latents.draw(seed(), count, latent) : LatentFiles.read(file, latent);
  }
}
