package dev.recal.graphs.pruning;

/**
 * A network without some of its channels.
 *
 * @param share the requested share
 * @param cost the removed cost
 * @param accuracy top-1, from 0 to 1
 */
public record PruningPoint(double share, Cost cost, double accuracy) {

  /**
   * The cost of pruned channels.
   *
   * @param channels how many are pruned
   * @param zeroedParameters trainable values set to 0
   * @param removableMultiplyAdds of one image: the savings of the convolutions directly before the
   *     pruned channels if these were removed; pruned networks keep their shape and do not save
   *     them
   */
  public record Cost(int channels, long zeroedParameters, long removableMultiplyAdds) {}
}
