package dev.recal.savedmodels.meta;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** The nodes of the graph that is being written. */
final class NodeSet {

  private static final String COLOCATION = "_class";
  private static final String COLOCATION_PREFIX = "loc:@";

  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  // Sorted, so that a name's scope is found without a look at every name.
  private final NavigableSet<String> names = new TreeSet<>();

  /** Adds or replaces a node, without its device, which is up to the loader. */
  void put(NodeDef node) {
    nodes.put(node.getName(), node.toBuilder().clearDevice().build());
    names.add(node.getName());
  }

  boolean contains(String name) {
    return nodes.containsKey(name);
  }

  /** Returns the name, or the first of {@code name_1}, {@code name_2} … that is free. */
  String free(String name) {
    String candidate = name;
    for (int i = 1; nodes.containsKey(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  /** Returns the first of {@code scope}, {@code scope_1} … that no node's name begins with. */
  String freeScope(String scope) {
    String candidate = scope;
    for (int i = 1; taken(candidate); i++) {
      candidate = scope + "_" + i;
    }
    return candidate;
  }

  private boolean taken(String scope) {
    String inside = names.ceiling(scope + "/");
    return names.contains(scope) || inside != null && inside.startsWith(scope + "/");
  }

  /** Returns the nodes; none is colocated with a node that was left out. */
  Collection<NodeDef> finished() {
    nodes.replaceAll((name, node) -> withoutLostColocations(node));
    return nodes.values();
  }

  private NodeDef withoutLostColocations(NodeDef node) {
    AttrValue colocation = node.getAttrOrDefault(COLOCATION, null);
    if (colocation == null) {
      return node;
    }
    List<ByteString> kept =
        colocation.getList().getSList().stream().filter(this::isColocationKept).toList();
    NodeDef.Builder changed = node.toBuilder().removeAttr(COLOCATION);
    if (!kept.isEmpty()) {
      AttrValue.ListValue list = AttrValue.ListValue.newBuilder().addAllS(kept).build();
      changed.putAttr(COLOCATION, AttrValue.newBuilder().setList(list).build());
    }
    return changed.build();
  }

  private boolean isColocationKept(ByteString colocation) {
    String text = colocation.toStringUtf8();
    return !text.startsWith(COLOCATION_PREFIX)
        || nodes.containsKey(text.substring(COLOCATION_PREFIX.length()));
  }
}
