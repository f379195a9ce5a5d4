package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.ProposalSelection;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Sampler;
import java.util.Objects;
import java.util.Optional;

/**
 * Which anchors and regions a step of Mask R-CNN learns from.
 *
 * @param anchors the samples of an image for region proposals
 * @param regions the samples of an image for each box head
 * @param selection which proposals are sampled from; empty for those of the conventions
 */
public record RegionSettings(
    Sampler anchors, Sampler regions, Optional<ProposalSelection> selection) {

  /** Rejects missing settings. */
  public RegionSettings {
    Objects.requireNonNull(anchors, "anchors");
    Objects.requireNonNull(regions, "regions");
    Objects.requireNonNull(selection, "selection");
  }

  /** The published ones: 256 anchors and 512 regions of an image. */
  public static RegionSettings defaults() {
    return new RegionSettings(Sampler.proposals(), Sampler.boxHead(), Optional.empty());
  }

  /** Returns which proposals are sampled from. */
  ProposalSelection selection(Conventions conventions) {
    return selection.orElseGet(() -> ProposalSelection.training(conventions));
  }
}
