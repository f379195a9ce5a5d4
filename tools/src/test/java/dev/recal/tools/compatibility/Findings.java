package dev.recal.tools.compatibility;

import java.util.List;
import java.util.Optional;

/**
 * What a consumer made of one model.
 *
 * @param consumer its title
 * @param runtime the version that it said it is; empty where it said nothing
 * @param model the model's title
 * @param checks in the order of the consumer's work
 */
record Findings(String consumer, String runtime, String model, List<Check> checks) {

  Findings {
    checks = List.copyOf(checks);
  }

  Optional<Check> check(String name) {
    return checks.stream().filter(check -> check.name().equals(name)).findFirst();
  }

  List<Check> failures() {
    return checks.stream().filter(Check::hasFailed).toList();
  }
}
