package dev.recal.models.pruning;

import dev.recal.graphs.pruning.PrunableNetwork;
import dev.recal.graphs.pruning.PruningReport;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.models.MeasuredModel;
import dev.recal.models.export.RunExport;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pruned network in files.
 *
 * @param weights a directory of weights to start a run from
 * @param model the version of a SavedModel
 */
public record PrunedExport(Path weights, Path model) {

  /** Returns the path of the weights that {@link #write} writes to a directory. */
  public static Path weights(Path directory, double share) {
    return directory.resolve("pruned-" + text(share));
  }

  /** Returns the directory of the SavedModel's versions that {@link #write} puts in a directory. */
  public static Path model(Path directory, double share) {
    return directory.resolve("model-" + text(share));
  }

  /**
   * Prunes a network and writes it.
   *
   * @param opened what the network was opened from
   * @param source the path of what was opened, which the weights name as their origin
   * @param network pruned afterwards
   * @param report whose ranking by gates decides
   * @param share of the channels to prune, from 0 to 1
   * @param directory gets {@code pruned-SHARE} and {@code model-SHARE}
   * @throws IOException if they cannot be written
   */
  public static PrunedExport write(
      MeasuredModel opened,
      Path source,
      PrunableNetwork network,
      PruningReport report,
      double share,
      Path directory)
      throws IOException {
    String origin =
        text(share) + " of the gated channels of " + source.toAbsolutePath() + " pruned by gate";
    StoredNetwork.Description description =
        new StoredNetwork.Description(
            opened.network(), opened.input().height(), opened.input().augmentation(), origin);
    StoredNetwork target =
        new StoredNetwork(weights(directory, share), description, opened.labels());
    Files.createDirectories(directory);
    network.prune(report.gates().lowest(share, report.comparison()));
    network.write(target);
    return new PrunedExport(target.directory(), RunExport.write(target, model(directory, share)));
  }

  /** Returns a share without trailing zeros, for example {@code 0.25}. */
  public static String text(double share) {
    return new BigDecimal(Double.toString(share)).stripTrailingZeros().toPlainString();
  }
}
