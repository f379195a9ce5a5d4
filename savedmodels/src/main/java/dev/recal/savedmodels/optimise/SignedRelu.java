package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.meta.Nodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Computes the relu of a sum in bfloat16 without a convolution among its terms as the maximum of
 * its bits as int16 and 0: bfloat16 and int16 have the sign in the same bit. TensorFlow's own relu
 * converts every number to float32 and back, which takes two to four times as long. After a
 * convolution it is fused into the convolution, and is kept.
 */
final class SignedRelu implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    if (!node.getOp().equals("Relu")
        || !isSumWithoutConvolution(translation.source(), node.getInput(0))) {
      return Optional.empty();
    }
    Value sum = translation.value(node.getInput(0));
    if (!sum.narrow()) {
      return Optional.empty();
    }
    String place = node.getName();
    String bits =
        cast(translation, place + "/bits", sum.tensor(), DataType.DT_BFLOAT16, DataType.DT_INT16);
    String zero = translation.zero(place + "/zero", DataType.DT_INT16);
    String greater =
        translation.add(
            place + "/greater",
            "Maximum",
            List.of(bits, zero),
            Map.of("T", Nodes.type(DataType.DT_INT16)));
    return Optional.of(
        List.of(
            Value.narrow(
                cast(
                    translation,
                    place + "/positive",
                    greater,
                    DataType.DT_INT16,
                    DataType.DT_BFLOAT16))));
  }

  private static boolean isSumWithoutConvolution(SourceGraph source, String input) {
    NodeDef sum = source.producer(input);
    return FusedSum.isSum(sum)
        && sum.getInputList().stream().noneMatch(term -> FusedSum.isOfConvolution(source, term));
  }

  private static String cast(
      Translation translation, String name, String tensor, DataType from, DataType to) {
    Map<String, AttrValue> types = Map.of("T", Nodes.type(from), "type", Nodes.type(to));
    return translation.add(name, "Bitcast", List.of(tensor), types);
  }
}
