package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.FoldChoice;
import dev.recal.graphs.data.OpenSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A fold of another source for k-fold cross-validation, or all of the source except that fold. The
 * folds are stratified by class and, where the source has domains, by class within each domain.
 *
 * @param source of all images
 * @param folds into how many parts the images are cut, at least 2
 * @param fold which of them, from 1
 * @param seed random seed of the cut
 * @param heldOut whether this is the fold, to measure on; otherwise the rest, to train on
 */
public record Fold(DataSource source, int folds, int fold, long seed, boolean heldOut)
    implements DataSource {

  /** Rejects a missing source and folds that do not exist. */
  public Fold {
    Objects.requireNonNull(source, "source");
    FoldChoice.require(folds, fold);
  }

  @Override
  public DataSource at(Path base) {
    return new Fold(source.at(base), folds, fold, seed, heldOut);
  }

  @Override
  public Optional<String> domain(String itemName) {
    return source.domain(itemName);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    try (DataSet whole = source.open(settings)) {
      int[] chosen = FoldChoice.of(whole, folds, fold, seed, heldOut, source::domain);
      String part = heldOut ? "fold %d of %d" : "without fold %d of %d";
      return whole.subset(
          whole.name() + " (" + String.format(Locale.ROOT, part, fold, folds) + ")", chosen);
    }
  }
}
