package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.ops.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint achieves on all images, and on those of each domain.
 *
 * @param all of every image
 * @param domains by their names, in alphabetical order; empty if there are none
 */
record DomainEvaluation(Measured all, Map<String, Measured> domains) {

  DomainEvaluation {
    domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
  }

  /**
   * Evaluates all images once.
   *
   * @param source of the images, which knows their domains
   */
  static DomainEvaluation of(
      ClassificationRecipe recipe, DataSource source, DataSet data, Path checkpoint)
      throws IOException {
    Map<String, List<Integer>> members = new TreeMap<>();
    for (int i = 0; i < data.count(); i++) {
      String domain = source.domain(data.itemName(i)).orElse("");
      members.computeIfAbsent(domain, key -> new ArrayList<>()).add(i);
    }
    List<Measurements> all = new ArrayList<>();
    Map<String, Measured> domains = new LinkedHashMap<>();
    for (Map.Entry<String, List<Integer>> domain : members.entrySet()) {
      int[] indices = domain.getValue().stream().mapToInt(Integer::intValue).toArray();
      try (DataSet part = data.subset(data.name() + " " + domain.getKey(), indices)) {
        Measurements measured =
            CheckpointEvaluation.measure(
                recipe.network(),
                recipe.training(),
                part,
                recipe.evaluationInput(),
                recipe.data().seen(),
                recipe.data().imageSize(),
                checkpoint);
        if (!domain.getKey().isEmpty()) {
          domains.put(domain.getKey(), measured.summary());
        }
        all.add(measured);
      }
    }
    Measurements sum = all.get(0);
    all.subList(1, all.size()).forEach(sum::merge);
    return new DomainEvaluation(sum.summary(), domains);
  }

  /** Adds the images and the score of each domain. */
  void addTo(Map<String, Number> metrics) {
    domains.forEach(
        (name, measured) -> {
          measured.score().ifPresent(score -> metrics.put(scoreName() + " " + name, score));
          metrics.put("images " + name, measured.images());
        });
  }

  private String scoreName() {
    return Objective.scoreName(all.kind());
  }

  /** Returns a line for each domain. */
  List<String> text() {
    return domains.entrySet().stream()
        .map(
            domain ->
                String.format(
                    Locale.ROOT,
                    "%s: %s: %s, loss %.4f",
                    domain.getKey(),
                    Counted.of(domain.getValue().images(), "image"),
                    MeasuredText.score(domain.getValue()),
                    domain.getValue().loss()))
        .toList();
  }
}
