package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.Sampling;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.OutputKind;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether the targets of images are what a training's loss compares. */
final class FittedTargets {

  private FittedTargets() {}

  /**
   * Rejects images whose targets are not what a loss compares, or are more or fewer.
   *
   * @param outputs of the network
   */
  static void require(Loss loss, int outputs, DataSet data) {
    Optional<OutputKind> found = OutputKind.of(data.targets());
    if (!found.equals(Optional.of(loss.outputs()))) {
      throw new IllegalArgumentException(
          "training.loss: "
              + loss.getClass().getSimpleName()
              + " compares "
              + loss.outputs().description()
              + ", but "
              + data.name()
              + " has "
              + data.targets().description()
              + found.map(kind -> "; " + kind.usualLoss() + " compares those").orElse("")
              + ".");
    }
    if (data.outputNames().size() != outputs) {
      throw new IllegalArgumentException(
          "data: expected "
              + (found.get() == OutputKind.NUMBERS ? outputs + " numbers" : classes(outputs))
              + (", but " + data.name() + " has " + data.outputNames().size() + "."));
    }
  }

  private static String classes(int outputs) {
    return "the network's " + outputs + " classes";
  }

  /**
   * Fits a recipe to its training images: as many outputs as they have classes or numbers, and the
   * scales of the numbers.
   */
  static ClassificationRecipe fit(ClassificationRecipe recipe, DataSet training) {
    int outputs = training.outputNames().size();
    require(recipe.training().loss(), outputs, training);
    if (recipe.data().sampling() == Sampling.BALANCED
        && recipe.training().loss().outputs() != OutputKind.ONE_CLASS) {
      throw new IllegalArgumentException(
          "data.sampling: expected shuffled, since the images of "
              + training.name()
              + " have not one class each, but got balanced.");
    }
    ClassificationRecipe fitted = recipe.withNetwork(recipe.network().withClasses(outputs));
    if (training.targets() instanceof NumberTargets numbers
        && recipe.training().scales().isEmpty()) {
      int[] items = IntStream.range(0, training.count()).map(training::itemOf).toArray();
      NumberScales scales = NumberScales.of(numbers, items);
      return fitted.withTraining(recipe.training().with().scales(scales).build());
    }
    return fitted;
  }
}
