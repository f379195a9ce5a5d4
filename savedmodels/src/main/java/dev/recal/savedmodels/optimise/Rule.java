package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Writes some nodes of the original in another form. */
@FunctionalInterface
interface Rule {

  /**
   * Writes a node.
   *
   * @return a value for each of the outputs that somebody uses, counted from the first; empty if
   *     the rule is not for this node
   */
  Optional<List<Value>> write(Translation translation, NodeDef node);
}
