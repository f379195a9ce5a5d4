package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Converts batch norm with stored statistics that cannot be folded, of a map in bfloat16. */
final class NarrowNorm implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    if (!node.getOp().equals("FusedBatchNormV3")
        || !translation.value(node.getInput(0)).narrow()
        || Affine.of(translation.source(), node).isEmpty()) {
      return Optional.empty();
    }
    NodeDef.Builder copy = node.toBuilder().clearInput().clearDevice();
    copy.addInput(translation.narrow(node.getInput(0)));
    node.getInputList().subList(1, 5).forEach(input -> copy.addInput(translation.float32(input)));
    copy.putAttr("T", Translation.type(true));
    translation.target().put(copy.build());
    return Optional.of(List.of(Value.narrow(node.getName())));
  }
}
