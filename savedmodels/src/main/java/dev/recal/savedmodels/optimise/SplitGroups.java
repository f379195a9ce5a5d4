package dev.recal.savedmodels.optimise;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/**
 * A grouped convolution in a portable graph: the map and the kernel are split along channels, each
 * group has a convolution, and the results are concatenated.
 *
 * @param map the map before the split
 * @param kernel the kernel before the split
 * @param parts the convolutions in the order of the groups
 */
record SplitGroups(String map, String kernel, List<NodeDef> parts) {

  private static final int CHANNELS = 3;

  /**
   * Returns the parts of a node.
   *
   * @param node any
   * @return empty unless the node concatenates convolutions of parameters without other consumers
   */
  static Optional<SplitGroups> of(SourceGraph source, NodeDef node) {
    int count = node.getInputCount() - 1;
    if (!node.getOp().equals("ConcatV2") || !isChannels(source, node.getInput(count))) {
      return Optional.empty();
    }
    List<NodeDef> parts =
        node.getInputList().subList(0, count).stream().map(source::producer).toList();
    boolean convolutions =
        parts.stream()
            .allMatch(
                part ->
                    part.getOp().equals("Conv2D")
                        && source.usedOnce(part.getName())
                        && source.isParameter(part.getInput(1)));
    if (!convolutions) {
      return Optional.empty();
    }
    NodeDef maps = source.producer(parts.get(0).getInput(0));
    NodeDef kernels = source.producer(parts.get(0).getInput(1));
    boolean split = isSplit(source, maps, count) && isSplit(source, kernels, count);
    for (int i = 0; split && i < count; i++) {
      split =
          isOutput(parts.get(i).getInput(0), maps, i)
              && isOutput(parts.get(i).getInput(1), kernels, i);
    }
    return split
        ? Optional.of(new SplitGroups(maps.getInput(1), kernels.getInput(1), parts))
        : Optional.empty();
  }

  private static boolean isSplit(SourceGraph source, NodeDef node, int count) {
    return node.getOp().equals("Split")
        && node.getAttrOrThrow("num_split").getI() == count
        && isChannels(source, node.getInput(0));
  }

  private static boolean isChannels(SourceGraph source, String axis) {
    return source.integers(axis).filter(a -> a.length == 1 && a[0] == CHANNELS).isPresent();
  }

  private static boolean isOutput(String input, NodeDef node, int index) {
    return SourceGraph.canonical(input).equals(node.getName() + ":" + index);
  }
}
