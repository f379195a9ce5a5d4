package dev.recal.models.faces;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images of several people, of which each is searched for by each other image of the same person.
 *
 * @param embeddings of length 1, of equal numbers of values; not copied
 * @param groups the rows of each identity, two or more
 * @param alone identities that were left out because they have only one image
 */
public record FaceProbes(float[][] embeddings, List<int[]> groups, List<String> alone) {

  /** Copies the lists. */
  public FaceProbes {
    groups = List.copyOf(groups);
    alone = List.copyOf(alone);
  }

  /**
   * Groups embeddings; identities with a single image are left out.
   *
   * @param embeddings not normalised, neither zero nor with values that are not finite
   * @param identities the name of each one's identity
   * @throws IllegalArgumentException if no identity has two images
   */
  public static FaceProbes of(List<float[]> embeddings, List<String> identities) {
    Arguments.require(
        embeddings.size() == identities.size(),
        "identities",
        embeddings.size() + " names",
        identities.size());
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    for (int i = 0; i < identities.size(); i++) {
      rows.computeIfAbsent(identities.get(i), name -> new ArrayList<>()).add(i);
    }
    List<float[]> kept = new ArrayList<>();
    List<int[]> groups = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    rows.forEach(
        (name, images) -> {
          if (images.size() < 2) {
            alone.add(name);
            return;
          }
          int[] group = new int[images.size()];
          for (int i = 0; i < group.length; i++) {
            group[i] = kept.size();
            kept.add(ImageEmbeddings.normalised(embeddings.get(images.get(i))));
          }
          groups.add(group);
        });
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "probes: expected two or more images of an identity, but each of "
              + rows.size()
              + " has one.");
    }
    return new FaceProbes(kept.toArray(float[][]::new), groups, alone);
  }

  /** Returns the number of images. */
  public int count() {
    return embeddings.length;
  }

  /** Returns the number of values of an embedding. */
  public int dimensions() {
    return embeddings[0].length;
  }

  /** Returns the number of pairs of a probe and another image of its identity. */
  public long pairs() {
    return groups.stream().mapToLong(group -> (long) group.length * (group.length - 1)).sum();
  }
}
