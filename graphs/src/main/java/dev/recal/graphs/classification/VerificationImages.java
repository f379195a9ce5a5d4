package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.source.DrawnFaces;
import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The images on which a network that learns embeddings is measured by verification: does a pair
 * show one identity? Their classes are identities that the training images do not have.
 *
 * @param images one class for each identity, 2 images or more of each
 * @param pairs a file of pairs in the form of LFW, for example {@code pairs.txt}; if absent, pairs
 *     are drawn
 * @param folds of the drawn pairs, each with its own identities
 * @param perFold drawn pairs of one identity in each fold at most, and as many of different ones
 */
public record VerificationImages(DataSource images, Optional<Path> pairs, int folds, int perFold) {

  private static final int FOLDS = 10;
  private static final int PER_FOLD = 300;

  /** Rejects fewer than two folds, and folds without pairs. */
  public VerificationImages {
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(pairs, "pairs");
    Arguments.atLeast(2, "folds", folds);
    Arguments.atLeast(1, "perFold", perFold);
  }

  /** Pairs are drawn: 10 folds of at most 300 + 300, as LFW has. */
  public VerificationImages(DataSource images) {
    this(images, Optional.empty(), FOLDS, PER_FOLD);
  }

  /** Pairs of the drawn faces. */
  public static VerificationImages defaults() {
    return new VerificationImages(DrawnFaces.test());
  }

  /** Returns the same with absolute paths. */
  VerificationImages at(Path base) {
    return new VerificationImages(
        images.at(base),
        pairs.map(file -> base.resolve(file).toAbsolutePath().normalize()),
        folds,
        perFold);
  }
}
