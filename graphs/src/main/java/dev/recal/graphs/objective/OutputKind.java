package dev.recal.graphs.objective;

import dev.recal.graphs.data.targets.ClassTargets;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.data.targets.TargetStore;
import dev.recal.ops.json.Names;
import java.util.Arrays;
import java.util.Optional;

/** What the outputs of a network mean, one for each class or number. */
public enum OutputKind {

  /** An image has one class: outputs are logits of a softmax. */
  ONE_CLASS("one class each", "cross-entropy", ClassTargets.class),

  /** An image has any number of classes, also none: outputs are logits of a sigmoid each. */
  SEVERAL_CLASSES("any number of classes each", "binary-cross-entropy", MultiClassTargets.class),

  /** An image has numbers: outputs are the numbers, standardised; see {@link NumberScales}. */
  NUMBERS("numbers", "squared-error", NumberTargets.class);

  private final String description;
  private final String usualLoss;
  private final Class<? extends TargetStore> targets;

  OutputKind(String description, String usualLoss, Class<? extends TargetStore> targets) {
    this.description = description;
    this.usualLoss = usualLoss;
    this.targets = targets;
  }

  /** Returns the word for it in JSON and messages. */
  public String word() {
    return Names.ofConstant(this);
  }

  /** Returns what the images of a data set have, as the end of a sentence. */
  public String description() {
    return description;
  }

  /** Returns the type of the loss that is usual for it. */
  public String usualLoss() {
    return usualLoss;
  }

  /** Returns the kind that fits targets, if there is one. */
  public static Optional<OutputKind> of(TargetStore targets) {
    return Arrays.stream(values()).filter(kind -> kind.targets.isInstance(targets)).findFirst();
  }
}
