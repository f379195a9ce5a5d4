package dev.recal.tools.compatibility;

import dev.recal.tools.compatibility.Check.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The findings as a page for readers: a summary, then a table of networks and checks for each
 * consumer, with the reason of everything that failed or does not apply below it.
 *
 * @param heading lines on when and where it was made
 * @param packages what each consumer runs on, by its title
 * @param findings of all consumers and models, in order
 */
record Report(
    List<String> heading, Map<String, String> packages, Map<String, List<Findings>> findings) {

  private static final int LONGEST_REASON = 300;

  /** Returns the page as Markdown. */
  String markdown() {
    StringBuilder page = new StringBuilder("# Compatibility\n\n");
    heading.forEach(line -> page.append(line).append('\n'));
    page.append("\n## Summary\n\n");
    page.append("Networks for which a check passed, of those to which it applies.\n\n");
    summary(page);
    findings.forEach((consumer, all) -> section(page, consumer, all));
    return page.toString();
  }

  private void summary(StringBuilder page) {
    Set<String> checks = new LinkedHashSet<>();
    findings.values().forEach(all -> checks.addAll(checks(all)));
    List<String> consumers = List.copyOf(findings.keySet());
    row(page, "check", consumers);
    rule(page, consumers.size());
    for (String check : checks) {
      List<String> cells = new ArrayList<>();
      for (List<Findings> all : findings.values()) {
        long failed = count(all, check, Outcome.FAILED);
        long passed = count(all, check, Outcome.PASSED);
        String figure = passed + "/" + (passed + failed);
        cells.add(passed + failed == 0 ? "–" : (failed == 0 ? "✓ " : "✗ ") + figure);
      }
      row(page, check, cells);
    }
  }

  private void section(StringBuilder page, String consumer, List<Findings> all) {
    page.append("\n## ").append(consumer).append("\n\n");
    String runtimes =
        all.stream()
            .map(Findings::runtime)
            .filter(runtime -> !runtime.isEmpty())
            .distinct()
            .collect(Collectors.joining(", "));
    page.append("It says that it is ").append(runtimes).append(". Packages: `");
    page.append(packages.get(consumer)).append("`.\n\n");
    List<String> checks = List.copyOf(checks(all));
    row(page, "network", checks);
    rule(page, checks.size());
    Map<String, Set<String>> reasons = new LinkedHashMap<>();
    for (Findings one : all) {
      List<String> cells = new ArrayList<>();
      for (String name : checks) {
        cells.add(one.check(name).map(check -> check.outcome().sign()).orElse(""));
        one.check(name)
            .filter(check -> check.outcome() != Outcome.PASSED)
            .ifPresent(
                check ->
                    reasons
                        .computeIfAbsent(reason(check), key -> new LinkedHashSet<>())
                        .add(one.model()));
      }
      row(page, one.model(), cells);
    }
    if (!reasons.isEmpty()) {
      page.append('\n');
      reasons.forEach(
          (reason, models) ->
              page.append("- ").append(reason).append(which(models, all)).append('\n'));
    }
  }

  private static String which(Set<String> models, List<Findings> all) {
    return models.size() == all.size() ? "" : " (" + String.join(", ", models) + ")";
  }

  private static String reason(Check check) {
    // Where this machine keeps files is nobody's business.
    String text =
        check
            .detail()
            .replace(Repository.ROOT + "/", "")
            .replaceAll("/tmp/[^/\\s]+/", "")
            .replaceAll("\\s+", " ")
            .replace("|", "\\|")
            .strip();
    if (text.length() > LONGEST_REASON) {
      text = text.substring(0, LONGEST_REASON) + " …";
    }
    return check.outcome().sign() + " " + check.name() + ": " + text;
  }

  private static Set<String> checks(List<Findings> all) {
    Set<String> names = new LinkedHashSet<>();
    // Networks without gates have fewer signatures, and those that failed to load have none.
    all.stream()
        .sorted((one, other) -> other.checks().size() - one.checks().size())
        .forEach(one -> one.checks().forEach(check -> names.add(check.name())));
    return names;
  }

  private static long count(List<Findings> all, String name, Outcome outcome) {
    return all.stream()
        .flatMap(one -> one.check(name).stream())
        .filter(check -> check.outcome() == outcome)
        .count();
  }

  private static void row(StringBuilder page, String first, List<String> cells) {
    page.append("| ").append(first);
    cells.forEach(cell -> page.append(" | ").append(cell));
    page.append(" |\n");
  }

  private static void rule(StringBuilder page, int cells) {
    page.append("|---").append("|:-:".repeat(cells)).append("|\n");
  }
}
