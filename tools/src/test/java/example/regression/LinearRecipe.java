package example.regression;

import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.Sgd;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.nio.file.Path;

/**
 * A linear regression as a file: y = x·w + b on examples that are computed, without files.
 *
 * @param name a short name for people and directories
 * @param features numbers of an example
 * @param examples to learn from
 * @param batch examples in a step
 * @param steps optimiser steps
 * @param updates how gradients change weights
 * @param session precision, threads and seed
 */
public record LinearRecipe(
    String name,
    int features,
    int examples,
    int batch,
    long steps,
    @Flattened UpdateSettings updates,
    @Flattened SessionSettings session)
    implements Recipe {

  /**
   * Rejects numbers below 1, batches larger than the number of examples, and unsupported settings.
   */
  public LinearRecipe {
    Recipe.requireName(name);
    Arguments.atLeast(1, "features", features);
    Arguments.atLeast(1, "steps", steps);
    Arguments.require(batch >= 1 && batch <= examples, "batch", "from 1 to " + examples, batch);
    Arguments.require(updates.accumulation() == 1, "accumulation", "1", updates.accumulation());
    Arguments.require(
        updates.average().isEmpty(), "average", "none", updates.average().orElse(0.0));
  }

  /** 3 features, 64 examples, 400 steps of 16, SGD at 0.05. */
  public static LinearRecipe defaults() {
    return new LinearRecipe(
        "line",
        3,
        64,
        16,
        400,
        UpdateSettings.of(
            Sgd.defaults(),
            new LearningRate(0.05, new ConstantSchedule(), 0, 0),
            new WeightDecay(0, WeightDecay.Scope.ALL)),
        new SessionSettings(Precision.FLOAT32, 1, 1));
  }

  @Override
  public LinearRecipe at(Path base) {
    return this;
  }
}
