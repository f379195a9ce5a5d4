package dev.recal.graphs.pruning;

/**
 * A network without some of its channels.
 *
 * @param share that was asked for
 * @param cost what was taken away
 * @param accuracy top-1, from 0 to 1
 */
public record PruningPoint(double share, Cost cost, double accuracy) {

  /**
   * What pruned channels are worth.
   *
   * @param channels how many are pruned
   * @param zeroedParameters trainable values that were made 0
   * @param removableMultiplyAdds of one image: what the convolutions right before the pruned
   *     channels would save without them; pruned networks keep their shape and do not save it
   */
  public record Cost(int channels, long zeroedParameters, long removableMultiplyAdds) {}
}
