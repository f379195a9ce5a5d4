package dev.recal.tools.inspect;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.SavedModelContents;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.runtime.MissingOp;
import dev.recal.savedmodels.runtime.RuntimeOps;
import dev.recal.savedmodels.runtime.TfliteOps;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The operations of a model that a runtime does not support. */
public interface TargetReport {

  /** The name of TensorFlow Lite among the runtimes. */
  String TFLITE = "tflite";

  /** Returns the names of all runtimes. */
  static List<String> names() {
    List<String> names = new ArrayList<>(RuntimeOps.names());
    names.add(TFLITE);
    return names;
  }

  /**
   * Compares a model with a runtime.
   *
   * @throws IllegalArgumentException if the runtime is not one of {@link #names}
   */
  static TargetReport of(String runtime, SavedModelContents contents) {
    return runtime.equals(TFLITE)
        ? Tflite.of(contents)
        : new TensorFlow(
            RuntimeOps.named(runtime),
            RuntimeOps.named(runtime).missing(contents.metaGraph().getGraphDef()));
  }

  /** Returns whether the runtime supports all operations of the model. */
  boolean complete();

  /** Prints it as text. */
  void print(PrintWriter out);

  /** Returns it as JSON. */
  JsonObject json();

  /** A release of TensorFlow, which rejects a model for any node, used or not. */
  record TensorFlow(RuntimeOps runtime, List<MissingOp> missingOps) implements TargetReport {

    @Override
    public boolean complete() {
      return missingOps.isEmpty();
    }

    @Override
    public void print(PrintWriter out) {
      out.println();
      if (missingOps.isEmpty()) {
        out.printf(
            Locale.ROOT,
            "TensorFlow %s supports every operation of the graph.%n",
            runtime.version());
        return;
      }
      out.printf(Locale.ROOT, "TensorFlow %s lacks:%n", runtime.version());
      Table table = Table.of("operation", ">nodes", "lacking", "for example");
      for (MissingOp missing : missingOps) {
        table.row(
            missing.operation().isEmpty() ? "(graph)" : missing.operation(),
            Integer.toString(missing.count()),
            missing.reason(),
            missing.example());
      }
      table.print(out);
    }

    @Override
    public JsonObject json() {
      JsonObject object = new JsonObject();
      object.addProperty("runtime", runtime.name());
      object.addProperty("version", runtime.version());
      object.addProperty("complete", complete());
      object.add("lacking", new Gson().toJsonTree(missingOps));
      return object;
    }
  }

  /** TensorFlow Lite, which converts one signature and only its operations. */
  record Tflite(Map<String, Map<TfliteOps.Kind, Map<String, Integer>>> signatures)
      implements TargetReport {

    static Tflite of(SavedModelContents contents) {
      Map<String, Map<TfliteOps.Kind, Map<String, Integer>>> signatures = new TreeMap<>();
      for (SignatureDescription signature : contents.description().signatures()) {
        List<String> outputs =
            signature.outputs().values().stream().map(TensorDescription::tensor).toList();
        Map<TfliteOps.Kind, Map<String, Integer>> kinds = new TreeMap<>();
        TfliteOps.used(contents.metaGraph().getGraphDef(), outputs)
            .forEach(
                (operation, count) ->
                    kinds
                        .computeIfAbsent(TfliteOps.kind(operation), kind -> new TreeMap<>())
                        .put(operation, count));
        signatures.put(signature.key(), kinds);
      }
      return new Tflite(signatures);
    }

    @Override
    public boolean complete() {
      return signatures.values().stream()
          .noneMatch(
              kinds ->
                  kinds.containsKey(TfliteOps.Kind.NEITHER)
                      || kinds.containsKey(TfliteOps.Kind.UNKNOWN));
    }

    @Override
    public void print(PrintWriter out) {
      out.println();
      out.println("TensorFlow Lite (" + TfliteOps.SOURCE + "):");
      Table table = Table.of("signature", "becomes", "operations");
      signatures.forEach(
          (key, kinds) ->
              kinds.forEach(
                  (kind, counts) -> table.row(key, description(kind), Texts.histogram(counts))));
      table.print(out);
    }

    @Override
    public JsonObject json() {
      JsonObject object = new JsonObject();
      object.addProperty("runtime", TFLITE);
      object.addProperty("source", TfliteOps.SOURCE);
      object.addProperty("complete", complete());
      object.add("signatures", new Gson().toJsonTree(signatures));
      return object;
    }

    private static String description(TfliteOps.Kind kind) {
      return switch (kind) {
        case BUILTIN -> "built-in";
        case SELECT -> "select (needs TensorFlow's kernels)";
        case NEITHER -> "rejected";
        case UNKNOWN -> "unknown: not a select operation";
      };
    }
  }
}
