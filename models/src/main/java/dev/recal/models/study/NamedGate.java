package dev.recal.models.study;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.network.NetworkFamily;
import dev.recal.graphs.network.Stem;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.StudyVariation;
import dev.recal.ops.json.Names;
import java.util.List;

/** The recalibrations that studies compare, in the forms that the networks' names mean. */
public enum NamedGate {
  /** No recalibration. */
  NONE,
  /** Style recalibration: the recipe's own one, or the default. */
  SRM,
  /** Squeeze-and-excitation; without biases in networks for CIFAR, as in SRM's comparison. */
  SE,
  /** Gather-excite θ over the whole map, gathering with bias, as in SRM's comparison. */
  GE,
  /** Efficient channel attention. */
  ECA,
  /** Convolutional block attention. */
  CBAM;

  /** The recipe's member. */
  static final String KEY = "network.recalibration";

  private static final String STYLE = "style-recalibration";

  /**
   * Returns the variation of a recipe with this recalibration, named like it.
   *
   * @throws IllegalArgumentException if the recipe's network has no place for recalibrations
   */
  public StudyVariation variation(Recipe recipe) {
    return new StudyVariation(Names.ofConstant(this), List.of(), changes(recipe));
  }

  /**
   * Returns the changes to a recipe.
   *
   * @throws IllegalArgumentException if the recipe's network has no place for recalibrations
   */
  List<String> changes(Recipe recipe) {
    if (!(recipe instanceof ClassificationRecipe classifier
        && classifier.network() instanceof NetworkFamily<?> network)) {
      throw new IllegalArgumentException(
          "recipe: expected that of a classifier whose network has the setting 'recalibration', but '"
              + (recipe.name() + "' has none."));
    }
    return switch (this) {
      case NONE -> List.of(KEY + "=null");
      case SRM -> hasStyleRecalibration(recipe) ? List.of() : List.of(KEY + "=" + STYLE);
      case SE ->
          List.of(
              KEY + "=squeeze-excitation",
              KEY + ".bias=" + (network.settings().stem() != Stem.CIFAR));
      case GE -> List.of(KEY + "=gather-excite", KEY + ".variant=theta", KEY + ".bias=true");
      case ECA -> List.of(KEY + "=efficient-channel-attention");
      case CBAM -> List.of(KEY + "=convolutional-block-attention");
    };
  }

  private static boolean hasStyleRecalibration(Recipe recipe) {
    JsonElement found = RecipeJson.object(recipe).getAsJsonObject("network").get("recalibration");
    return found instanceof JsonObject layer && layer.get("type").getAsString().equals(STYLE);
  }
}
