package dev.recal.models.weights;

import dev.recal.graphs.weights.NameMap;
import dev.recal.graphs.weights.NamedWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The differences between a file's tensors and a network's variables.
 *
 * @param fitting the variables with a tensor of the right shape
 * @param missing variables without a tensor in the file
 * @param unexpected tensors without a variable
 * @param misfits tensors of another shape or of integers
 */
public record Difference(
    List<NamedWeight> fitting,
    List<Missing> missing,
    List<Unexpected> unexpected,
    List<Mismatch> misfits) {

  private static final String NO_NAME = "(none under these names)";

  /**
   * A variable without a tensor.
   *
   * @param tensor its expected name
   */
  public record Missing(String variable, String tensor) {}

  /** A tensor without a variable. */
  public record Unexpected(String tensor, TensorFile.Info info) {}

  /** A tensor that does not match its variable. */
  public record Mismatch(NamedWeight weight, TensorFile.Info info) {}

  /**
   * Compares.
   *
   * @param kept variables that are not imported, whose tensors may be present or not
   */
  public static Difference of(NameMap map, Map<String, TensorFile.Info> tensors, Set<String> kept) {
    List<NamedWeight> fitting = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    List<Mismatch> misfits = new ArrayList<>();
    Map<String, TensorFile.Info> left = new LinkedHashMap<>(tensors);
    for (NamedWeight weight : map.weights()) {
      TensorFile.Info info = left.remove(weight.tensor());
      if (kept.contains(weight.variable())) {
        continue;
      }
      if (info == null) {
        missing.add(new Missing(weight.variable(), weight.tensor()));
      } else if (!info.real() || !info.shape().equals(weight.tensorShape())) {
        misfits.add(new Mismatch(weight, info));
      } else {
        fitting.add(weight);
      }
    }
    map.unnamed().stream()
        .filter(variable -> !kept.contains(variable))
        .forEach(variable -> missing.add(new Missing(variable, NO_NAME)));
    left.keySet().removeAll(map.counters());
    List<Unexpected> unexpected = new ArrayList<>();
    left.forEach((tensor, info) -> unexpected.add(new Unexpected(tensor, info)));
    return new Difference(fitting, missing, unexpected, misfits);
  }

  /** Returns the remaining differences if some missing and unexpected ones are allowed. */
  public Difference allowing(Predicate<String> absent, Predicate<String> surplus) {
    return new Difference(
        fitting,
        missing.stream()
            .filter(m -> !absent.test(m.variable()) && !absent.test(m.tensor()))
            .toList(),
        unexpected.stream().filter(u -> !surplus.test(u.tensor())).toList(),
        misfits);
  }

  /** Returns the number of differing variables and tensors. */
  public int size() {
    return missing.size() + unexpected.size() + misfits.size();
  }

  /** Returns the counts as text, for example {@code 2 missing, 1 of another shape or type}. */
  public String summary() {
    List<String> parts = new ArrayList<>();
    add(parts, missing.size(), "missing");
    add(parts, unexpected.size(), "unexpected");
    add(parts, misfits.size(), "of another shape or type");
    return String.join(", ", parts);
  }

  /** Returns one tensor that does not fit, or the variable that has none, by name. */
  String example() {
    return Stream.of(
            missing.stream().map(Missing::variable),
            unexpected.stream().map(Unexpected::tensor),
            misfits.stream().map(misfit -> misfit.weight().tensor()))
        .flatMap(names -> names)
        .findFirst()
        .orElseThrow();
  }

  private static void add(List<String> parts, int count, String what) {
    if (count > 0) {
      parts.add(count + " " + what);
    }
  }
}
