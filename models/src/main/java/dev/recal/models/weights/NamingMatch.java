package dev.recal.models.weights;

import dev.recal.graphs.weights.Architecture;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * The names by which a model finds its tensors in a file.
 *
 * @param naming the names of the tensors
 * @param prefix that was taken from the names in the file; empty if none was
 * @param file the tensors without the prefix; closed with the file itself
 * @param difference what fits and what does not
 */
public record NamingMatch(Naming naming, String prefix, TensorFile file, Difference difference) {

  /**
   * Finds the names that fit best, and the shortest prefix among those.
   *
   * @param names a word or a file for {@link Naming#of}; empty for the convention that fits best
   * @param prefix of the names in the file; empty for the one that fits best
   * @param kept variables that keep their values
   * @throws IllegalArgumentException if there are no such names, or no tensor has the prefix
   */
  public static NamingMatch find(
      Architecture model,
      Map<String, Shape> variables,
      TensorFile file,
      Set<String> kept,
      Optional<String> names,
      Optional<String> prefix)
      throws IOException {
    Optional<Naming> naming =
        names.isEmpty() ? Optional.empty() : Optional.of(Naming.of(names.get(), model, variables));
    List<String> candidates =
        prefix.isPresent()
            ? List.of(complete(prefix.get(), file))
            : PrefixedTensors.candidates(file);
    NamingMatch best = null;
    for (String candidate : candidates) {
      TensorFile renamed = new PrefixedTensors(file, candidate);
      Naming tried =
          naming.isPresent() ? naming.get() : Naming.guess(model, variables, renamed, kept);
      Difference difference = Difference.of(tried.map(), renamed.tensors(), kept);
      if (best == null || difference.size() < best.difference.size()) {
        best = new NamingMatch(tried, candidate, renamed, difference);
      }
      if (difference.size() == 0) {
        break;
      }
    }
    return best;
  }

  // A prefix may be given without the dot that ends it.
  private static String complete(String prefix, TensorFile file) {
    Set<String> tensors = file.tensors().keySet();
    for (String end : List.of(".", "/", "")) {
      if (tensors.stream().anyMatch(name -> name.startsWith(prefix + end))) {
        return prefix + end;
      }
    }
    throw new IllegalArgumentException(
        "prefix: expected the beginning of tensor names, but got '"
            + prefix
            + "'; "
            + tensors.stream()
                .findFirst()
                .map(first -> "the first tensor is " + first + ".")
                .orElse("the file has no tensors."));
  }
}
