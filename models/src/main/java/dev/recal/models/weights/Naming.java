package dev.recal.models.weights;

import dev.recal.graphs.weights.Architecture;
import dev.recal.graphs.weights.Convention;
import dev.recal.graphs.weights.NameMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * The naming of a weight file.
 *
 * @param word the name of the convention
 * @param map the tensors of a model's variables
 */
public record Naming(String word, NameMap map) {

  /**
   * Returns the names of a word.
   *
   * @param word a {@link Convention}'s, or the path of a file of rules
   * @throws IllegalArgumentException if there are none, or a line of the file is not a rule
   */
  public static Naming of(String word, Architecture model, Map<String, Shape> variables)
      throws IOException {
    Path file = Path.of(word);
    if (!Convention.names().contains(word) && Files.isRegularFile(file)) {
      try {
        return new Naming(word, Convention.map(file, variables));
      } catch (IllegalArgumentException wrong) {
        // What is wrong with a line begins with the file; what is wrong with all of them does not.
        String reason = wrong.getMessage();
        String named = reason.startsWith(word) ? reason : word + ": " + reason;
        throw new IllegalArgumentException("names: " + named, wrong);
      }
    }
    return new Naming(word, Convention.named(word).map(model, variables));
  }

  /** Returns the convention with the fewest differences from a file; the first of equals. */
  public static Naming guess(
      Architecture model, Map<String, Shape> variables, TensorFile file, Set<String> kept) {
    Naming best = null;
    int least = Integer.MAX_VALUE;
    for (Convention convention : Convention.values()) {
      if (!convention.supports(model)) {
        continue;
      }
      Naming naming = new Naming(convention.word(), convention.map(model, variables));
      int size = Difference.of(naming.map(), file.tensors(), kept).size();
      if (size < least) {
        best = naming;
        least = size;
      }
    }
    return best;
  }
}
