package dev.recal.tools.compatibility;

import java.util.List;

/**
 * What is known not to work, and why nothing here can change it. The report shows it as failed; the
 * lab fails on what is not in this list.
 */
final class KnownLimits {

  private record Limit(String consumer, String model, String check, String detail) {

    boolean covers(Consumer consumed, String examined, Check found) {
      return consumed.title().matches(consumer)
          && examined.matches(model)
          && found.name().matches(check)
          && found.detail().contains(detail);
    }
  }

  private static final List<Limit> ALL = List.of();

  private KnownLimits() {}

  static boolean contain(Consumer consumer, String model, Check check) {
    return ALL.stream().anyMatch(limit -> limit.covers(consumer, model, check));
  }
}
