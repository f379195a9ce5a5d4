package dev.recal.tools.compatibility;

import java.util.List;
import java.util.Optional;

/**
 * The results of one model in a consumer.
 *
 * @param consumer its title
 * @param runtime the version that it reported; empty if it reported none
 * @param model the model's title
 * @param checks in execution order
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
