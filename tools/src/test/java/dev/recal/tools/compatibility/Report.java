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
 * The findings as a page for readers: a summary, then tables of networks and checks for each
 * consumer, with the reason of everything that failed or does not apply below them. Kinds of
 * networks, which have different signatures, have separate tables.
 *
 * @param heading lines on when and where it was generated
 * @param kinds the titles of the models of each kind, by the name of the kind
 * @param packages the packages of each consumer, by its title
 * @param findings of all consumers and models, in order
 */
record Report(
    List<String> heading,
    Map<String, Set<String>> kinds,
    Map<String, String> packages,
    Map<String, List<Findings>> findings) {

  private static final int LONGEST_REASON = 300;

  /** Returns the page as Markdown. */
  String markdown() {
    StringBuilder page = new StringBuilder("# Compatibility\n\n");
    heading.forEach(line -> page.append(line).append('\n'));
    page.append("\n## Summary\n\n");
    page.append("Number of networks that passed a check, of those it applies to.\n");
    kinds.forEach((kind, titles) -> summary(page, kind, titles));
    findings.forEach((consumer, all) -> section(page, consumer, all));
    return page.toString();
  }

  private void summary(StringBuilder page, String kind, Set<String> titles) {
    Map<String, List<Findings>> some = new LinkedHashMap<>();
    Set<String> checks = new LinkedHashSet<>();
    findings.forEach((consumer, all) -> some.put(consumer, of(titles, all)));
    some.values().forEach(all -> checks.addAll(checks(all)));
    if (checks.isEmpty()) {
      return;
    }
    List<String> consumers = List.copyOf(findings.keySet());
    page.append('\n');
    row(page, "check of a " + kind, consumers);
    rule(page, consumers.size());
    for (String check : checks) {
      List<String> cells = new ArrayList<>();
      for (List<Findings> all : some.values()) {
        long failed = count(all, check, Outcome.FAILED);
        long passed = count(all, check, Outcome.PASSED);
        String figure = passed + "/" + (passed + failed);
        // After a partial run, a consumer may not have been asked at all.
        String none = all.isEmpty() ? "" : "–";
        cells.add(passed + failed == 0 ? none : (failed == 0 ? "✓ " : "✗ ") + figure);
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
    page.append("Reported version: ").append(runtimes).append(". Packages: `");
    page.append(packages.get(consumer)).append("`.\n");
    kinds.forEach((kind, titles) -> table(page, kind, of(titles, all)));
    Map<Check, Set<String>> reasons = new LinkedHashMap<>();
    for (Findings one : all) {
      one.checks().stream()
          .filter(check -> check.outcome() != Outcome.PASSED)
          .map(Report::readable)
          .forEach(
              check ->
                  reasons.computeIfAbsent(check, key -> new LinkedHashSet<>()).add(one.model()));
    }
    if (!reasons.isEmpty()) {
      page.append('\n');
    }
    reasons.forEach(
        (check, models) ->
            page.append("- ")
                .append(check.outcome().sign())
                .append(' ')
                .append(check.name())
                .append(": ")
                .append(check.detail())
                .append(which(check, models, all))
                .append('\n'));
  }

  private static void table(StringBuilder page, String kind, List<Findings> all) {
    if (all.isEmpty()) {
      return;
    }
    page.append('\n');
    List<String> checks = List.copyOf(checks(all));
    row(page, kind, checks);
    rule(page, checks.size());
    for (Findings one : all) {
      List<String> cells =
          checks.stream()
              .map(name -> one.check(name).map(check -> check.outcome().sign()).orElse(""))
              .toList();
      row(page, one.model(), cells);
    }
  }

  private static List<Findings> of(Set<String> titles, List<Findings> all) {
    return all.stream().filter(one -> titles.contains(one.model())).toList();
  }

  // If it applies to all models with the check, they are not listed.
  private static String which(Check check, Set<String> models, List<Findings> all) {
    long having = all.stream().filter(one -> one.check(check.name()).isPresent()).count();
    return models.size() == having ? "" : " (" + String.join(", ", models) + ")";
  }

  private static Check readable(Check check) {
    // Paths of this machine are not published.
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
    return new Check(check.name(), check.outcome(), text);
  }

  private static Set<String> checks(List<Findings> all) {
    Set<String> names = new LinkedHashSet<>();
    // Networks without gates have fewer signatures, and models that failed to load have none.
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
