package dev.recal.savedmodels.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The operations that a release of TensorFlow registers, as listed by its native library; generated
 * by {@code interop/runtime_ops.py}.
 *
 * @param name short, for example {@code 2.4}
 * @param version of the native library, for example {@code 2.4.1}
 * @param graphVersion of the graphs that it reads
 * @param operations by their name
 */
public record RuntimeOps(
    String name, String version, int graphVersion, Map<String, Operation> operations) {

  private static final String FILE = "runtime-ops.txt.gz";
  private static final int HEXADECIMAL = 16;

  /**
   * An operation's attributes.
   *
   * @param attributes the types allowed for each; empty if any value is allowed
   * @param required those without a default
   */
  public record Operation(Map<String, Set<String>> attributes, Set<String> required) {}

  private static final class Holder {
    static final Map<String, RuntimeOps> ALL = load();
  }

  /** Copies the map. */
  public RuntimeOps {
    operations = Collections.unmodifiableMap(new HashMap<>(operations));
  }

  /** Returns the names of the known runtimes, the oldest first. */
  public static List<String> names() {
    return List.copyOf(Holder.ALL.keySet());
  }

  /**
   * Returns the operations of a runtime.
   *
   * @throws IllegalArgumentException if it is not one of {@link #names}
   */
  public static RuntimeOps named(String name) {
    RuntimeOps found = Holder.ALL.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "name: expected a runtime of " + names() + ", but got '" + name + "'.");
    }
    return found;
  }

  /**
   * Lists what a graph and its functions use but this runtime does not support. A runtime rejects
   * unknown attributes, even if their value has no effect.
   */
  public List<MissingOp> missing(GraphDef graph) {
    Map<List<String>, MissingOp> missing = new LinkedHashMap<>();
    Set<String> functions = new HashSet<>();
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      functions.add(function.getSignature().getName());
    }
    if (graph.getVersions().getMinConsumer() > graphVersion) {
      String reason =
          "the graph needs a reader of version "
              + graph.getVersions().getMinConsumer()
              + "; this runtime has "
              + graphVersion;
      missing.put(List.of(""), new MissingOp("", reason, 1, ""));
    }
    collect(graph.getNodeList(), functions, missing);
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      collect(function.getNodeDefList(), functions, missing);
    }
    return List.copyOf(missing.values());
  }

  private void collect(
      Collection<NodeDef> nodes, Set<String> functions, Map<List<String>, MissingOp> missing) {
    for (NodeDef node : nodes) {
      if (functions.contains(node.getOp())) {
        continue;
      }
      for (String reason : reasons(node)) {
        missing.merge(
            List.of(node.getOp(), reason),
            new MissingOp(node.getOp(), reason, 1, node.getName()),
            (old, one) ->
                new MissingOp(old.operation(), old.reason(), old.count() + 1, old.example()));
      }
    }
  }

  private List<String> reasons(NodeDef node) {
    Operation known = operations.get(node.getOp());
    if (known == null) {
      return List.of("no such operation");
    }
    List<String> reasons = new ArrayList<>();
    node.getAttrMap()
        .forEach(
            (attribute, value) -> {
              // Attributes with an underscore are annotations that any node may have.
              if (!attribute.startsWith("_")) {
                reason(known, attribute, value, reasons);
              }
            });
    for (String attribute : known.required()) {
      if (!node.containsAttr(attribute)) {
        reasons.add("needs the attribute '" + attribute + "'");
      }
    }
    return reasons;
  }

  private static void reason(
      Operation known, String attribute, AttrValue value, List<String> reasons) {
    Set<String> allowed = known.attributes().get(attribute);
    if (allowed == null) {
      reasons.add("no attribute '" + attribute + "'");
      return;
    }
    List<Integer> types =
        value.getValueCase() == AttrValue.ValueCase.TYPE
            ? List.of(value.getTypeValue())
            : value.getList().getTypeValueList();
    for (int number : types) {
      DataType type = DataType.forNumber(number);
      String name = type == null ? "type " + number : typeName(type);
      if (!allowed.isEmpty() && !allowed.contains(name)) {
        reasons.add("no " + name + " for '" + attribute + "'");
      }
    }
  }

  private static String typeName(DataType type) {
    return type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
  }

  private static Map<String, RuntimeOps> load() {
    Map<String, RuntimeOps> runtimes = new LinkedHashMap<>();
    Map<String, Map<String, Operation>> operations = new LinkedHashMap<>();
    for (String line : lines()) {
      String[] words = line.split(" ");
      if (words[0].equals("runtime")) {
        operations.put(words[1], new HashMap<>());
        runtimes.put(
            words[1], new RuntimeOps(words[1], words[2], Integer.parseInt(words[3]), Map.of()));
      } else if (!words[0].equals("#")) {
        Operation operation = operation(Arrays.copyOfRange(words, 2, words.length));
        int mask = Integer.parseInt(words[1], HEXADECIMAL);
        int bit = 0;
        for (Map<String, Operation> own : operations.values()) {
          if ((mask >> bit++ & 1) == 1) {
            own.put(words[0], operation);
          }
        }
      }
    }
    runtimes.replaceAll(
        (name, r) -> new RuntimeOps(name, r.version(), r.graphVersion(), operations.get(name)));
    return runtimes;
  }

  private static Operation operation(String[] attributes) {
    Map<String, Set<String>> allowed = new HashMap<>();
    Set<String> required = new TreeSet<>();
    for (String text : attributes) {
      String[] parts = text.split(":");
      String name = parts[0].replaceFirst("!$", "");
      if (!name.equals(parts[0])) {
        required.add(name);
      }
      allowed.put(name, parts.length == 1 ? Set.of() : Set.copyOf(List.of(parts[1].split(","))));
    }
    return new Operation(Map.copyOf(allowed), Collections.unmodifiableSet(required));
  }

  private static List<String> lines() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(RuntimeOps.class.getResourceAsStream(FILE)),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + FILE + " cannot be read.", e);
    }
  }
}
