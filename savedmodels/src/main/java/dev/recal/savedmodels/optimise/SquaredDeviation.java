package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.meta.Nodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * The sum of (x − mean)² over a map's height and width, for gates that use the variance of a
 * channel: Σx² − H·W·mean², at least 0. Only the roots of the rows' sums of squares read the map,
 * and everything after them is in float32; the original writes two maps.
 */
final class SquaredDeviation implements Rule {

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    SourceGraph source = translation.source();
    if (!node.getOp().equals("Sum")
        || node.getAttrOrDefault("keep_dims", AttrValue.getDefaultInstance()).getB()
        || !PixelMean.isOverPixels(source, node)) {
      return Optional.empty();
    }
    NodeDef square = source.producer(node.getInput(0));
    if (!square.getOp().equals("Square") || !source.usedOnce(node.getInput(0))) {
      return Optional.empty();
    }
    NodeDef centred = source.producer(square.getInput(0));
    if (!centred.getOp().equals("Sub") || !source.usedOnce(square.getInput(0))) {
      return Optional.empty();
    }
    return mean(source, centred).map(mean -> write(translation, node, centred.getInput(0), mean));
  }

  // The subtrahend, if it is the mean over the pixels of the minuend.
  private static Optional<String> mean(SourceGraph source, NodeDef centred) {
    String name = centred.getInput(1);
    while (source.producer(name).getOp().equals("ExpandDims")) {
      name = source.producer(name).getInput(0);
    }
    NodeDef mean = source.producer(name);
    boolean same =
        PixelMean.isPixelMean(source, mean)
            && SourceGraph.canonical(mean.getInput(0))
                .equals(SourceGraph.canonical(centred.getInput(0)));
    return same && source.shape(name).numDimensions() == 2 ? Optional.of(name) : Optional.empty();
  }

  private static List<Value> write(Translation translation, NodeDef node, String x, String mean) {
    Value map = translation.value(x);
    Shape shape = translation.source().shape(x);
    String place = node.getName();
    String columns = translation.constant(place + "/columns", 2);
    String rows = translation.constant(place + "/rows", 1);
    Map<String, AttrValue> reduction =
        Map.of("T", Translation.type(map.narrow()), "Tidx", Nodes.type(DataType.DT_INT32));
    String roots =
        translation.add(
            place + "/roots", "EuclideanNorm", List.of(map.tensor(), columns), reduction);
    String float32 = map.narrow() ? translation.widened(roots) : roots;
    String squares = translation.add(place + "/squares", "Square", false, float32);
    String sum =
        translation.add(
            place + "/total",
            "Sum",
            List.of(squares, rows),
            Map.of("T", Translation.type(false), "Tidx", Nodes.type(DataType.DT_INT32)));
    String average = translation.float32(mean);
    String square = translation.add(place + "/mean", "Square", false, average);
    float pixels = shape.get(1) * shape.get(2);
    String less =
        translation.add(
            place + "/part", "Mul", false, square, translation.constant(place + "/pixels", pixels));
    String difference = translation.add(place + "/difference", "Sub", false, sum, less);
    String positive =
        translation.add(
            place + "/positive",
            "Maximum",
            false,
            difference,
            translation.constant(place + "/zero", 0f));
    return List.of(Value.float32(positive));
  }
}
