package dev.recal.savedmodels.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * The support of operations in TensorFlow Lite's converter. It has no list of the operations that
 * it converts to built-in ones, so {@code interop/tflite_ops.py} tested those that networks use,
 * one by one and with common attributes; the list of select operations is TensorFlow's own.
 */
public final class TfliteOps {

  private static final String FILE = "tflite-ops.txt";

  /** The source of the lists, to be shown with them. */
  public static final String SOURCE =
      "tested with TensorFlow 2.21's converter, one operation at a time, and its list of select"
          + " operations";

  /** How the converter handles an operation. */
  public enum Kind {
    /** Converted to a built-in operation, or removed. */
    BUILTIN,
    /** A select operation: the interpreter needs TensorFlow's kernels. */
    SELECT,
    /** Rejected by the converter. */
    NEITHER,
    /** Neither on the list of select operations nor tested. */
    UNKNOWN
  }

  private static final Map<String, Kind> KINDS = load();

  private TfliteOps() {}

  /** Returns how the converter handles an operation. */
  public static Kind kind(String operation) {
    return KINDS.getOrDefault(operation, Kind.UNKNOWN);
  }

  /**
   * Counts the operations that a signature's outputs need, in the graph and the functions that it
   * calls: the converter drops the others.
   *
   * @param outputs names of tensors
   */
  public static Map<String, Integer> used(GraphDef graph, Collection<String> outputs) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Map<String, FunctionDef> functions = new HashMap<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
    Map<String, Integer> used = new TreeMap<>();
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    Deque<String> calls = new ArrayDeque<>();
    while (!open.isEmpty()) {
      String name = open.pop().replaceFirst("^\\^", "").replaceFirst(":.*$", "");
      NodeDef node = nodes.get(name);
      if (node != null && reached.add(name)) {
        open.addAll(node.getInputList());
        count(node, functions, used, calls);
      }
    }
    Set<String> called = new HashSet<>();
    while (!calls.isEmpty()) {
      String name = calls.pop();
      if (called.add(name)) {
        functions.get(name).getNodeDefList().forEach(node -> count(node, functions, used, calls));
      }
    }
    return used;
  }

  private static void count(
      NodeDef node,
      Map<String, FunctionDef> functions,
      Map<String, Integer> used,
      Deque<String> calls) {
    if (functions.containsKey(node.getOp())) {
      calls.add(node.getOp());
    } else {
      used.merge(node.getOp(), 1, Integer::sum);
    }
    for (AttrValue value : node.getAttrMap().values()) {
      List<NameAttrList> called = new ArrayList<>(value.getList().getFuncList());
      called.add(value.getFunc());
      called.stream().map(NameAttrList::getName).filter(functions::containsKey).forEach(calls::add);
    }
  }

  private static Map<String, Kind> load() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                TfliteOps.class.getResourceAsStream(FILE), StandardCharsets.UTF_8))) {
      Map<String, Kind> kinds = new HashMap<>();
      for (String line : reader.lines().filter(line -> !line.startsWith("#")).toList()) {
        String[] words = line.split(" ");
        kinds.put(words[1], Kind.valueOf(words[0].toUpperCase(Locale.ROOT)));
      }
      return kinds;
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + FILE + " cannot be read.", e);
    }
  }
}
