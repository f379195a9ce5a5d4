package dev.recal.graphs.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The accuracy of a network, as its authors or those of a comparison report it.
 *
 * @param network its name in {@link Networks}
 * @param data the data set, for example {@code ImageNet}
 * @param top1 percent of images whose likeliest class is the right one
 * @param top5 percentage of images with the class among the top five; empty if not reported
 * @param paper arXiv number of the paper that reports it
 */
public record PublishedAccuracy(
    String network, String data, double top1, Optional<Double> top5, String paper) {

  /** Rejects missing words and numbers that are not percentages. */
  public PublishedAccuracy {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(paper, "paper");
    if (!(top1 > 0 && top1 <= top5.orElse(100.0) && top5.orElse(100.0) <= 100)) {
      throw new IllegalArgumentException(
          "top1: expected 0 < top1 <= top5 <= 100, but got " + top1 + " and " + top5 + ".");
    }
  }

  /** Of ImageNet's validation images, without top 5. */
  public static PublishedAccuracy imagenet(String network, double top1, String paper) {
    return new PublishedAccuracy(network, "ImageNet", top1, Optional.empty(), paper);
  }

  /** Of ImageNet's validation images. */
  public static PublishedAccuracy imagenet(String network, double top1, double top5, String paper) {
    return new PublishedAccuracy(network, "ImageNet", top1, Optional.of(top5), paper);
  }

  /** Returns what is published of a network, the first publication first. */
  public static List<PublishedAccuracy> of(String name) {
    return Networks.published().stream().filter(one -> one.network().equals(name)).toList();
  }
}
