package dev.recal.models.study;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.StudyVariation;
import dev.recal.graphs.task.StudyVariation.Setting;
import dev.recal.ops.json.Names;
import dev.recal.ops.recalibration.StyleRecalibration.Integration;
import dev.recal.ops.recalibration.StyleRecalibration.Pooling;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The ablation of style recalibration (Lee, Kim, Nam 2019, arXiv 1903.10829): networks that differ
 * in how a channel's style is pooled, and how the statistics are integrated into gates.
 *
 * @param operators of style recalibration
 * @param baselines to compare with
 */
public record RecalibrationAblation(List<Operator> operators, List<NamedGate> baselines) {

  /** One form of style recalibration. */
  public record Operator(Pooling pooling, Integration integration) {

    /** Returns its name, for example {@code mean-deviation-cfc}. */
    public String name() {
      return Names.ofConstant(pooling) + "-" + Names.ofConstant(integration);
    }
  }

  /** Copies the lists, without repetitions. */
  public RecalibrationAblation {
    operators = List.copyOf(new LinkedHashSet<>(operators));
    baselines = List.copyOf(new LinkedHashSet<>(baselines));
  }

  /**
   * Combines operators.
   *
   * @param poolings empty for all
   * @param integrations empty for all
   * @return each pooling with each integration, or with SRM's own where none is given; if both are
   *     empty, all forms that differ from SRM in one of them
   */
  public static List<Operator> operators(List<Pooling> poolings, List<Integration> integrations) {
    Set<Operator> operators = new LinkedHashSet<>();
    if (poolings.isEmpty() && integrations.isEmpty()) {
      operators.addAll(operators(List.of(Pooling.values()), List.of()));
      operators.addAll(operators(List.of(), List.of(Integration.values())));
      return List.copyOf(operators);
    }
    for (Pooling pooling : poolings.isEmpty() ? List.of(Pooling.MEAN_DEVIATION) : poolings) {
      for (Integration integration :
          integrations.isEmpty() ? List.of(Integration.CFC) : integrations) {
        operators.add(new Operator(pooling, integration));
      }
    }
    return List.copyOf(operators);
  }

  /**
   * Returns the variations of a recipe: the baselines, then the operators. Style recalibrations
   * keep the other settings of the recipe's, if it has one.
   *
   * @throws IllegalArgumentException if the recipe's network has no place for recalibrations
   */
  public List<StudyVariation> variations(Recipe recipe) {
    List<StudyVariation> variations = new ArrayList<>();
    baselines.forEach(baseline -> variations.add(baseline.variation(recipe)));
    for (Operator operator : operators) {
      String pooling = Names.ofConstant(operator.pooling());
      String integration = Names.ofConstant(operator.integration());
      List<String> changes = new ArrayList<>(NamedGate.SRM.changes(recipe));
      changes.add(NamedGate.KEY + ".pooling=" + pooling);
      changes.add(NamedGate.KEY + ".integration=" + integration);
      List<Setting> settings =
          List.of(new Setting("pooling", pooling), new Setting("integration", integration));
      variations.add(new StudyVariation(operator.name(), settings, changes));
    }
    return variations;
  }
}
