package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Rewrites certain nodes of the original graph. */
@FunctionalInterface
interface Rule {

  /**
   * Rewrites a node.
   *
   * @return a value for each output up to the last used one; empty if the rule does not apply to
   *     this node
   */
  Optional<List<Value>> write(Translation translation, NodeDef node);
}
