package dev.recal.savedmodels.optimise;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.meta.Nodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;

/** A servable that was written anew to answer faster, with a graph and a session of its own. */
public final class OptimisedServable implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final Servable servable;

  private OptimisedServable(Graph graph, Session session, Servable servable) {
    this.graph = graph;
    this.session = session;
    this.servable = servable;
  }

  /**
   * Writes a servable anew: the same signatures with the same types, other variables.
   *
   * @param plain an inference graph; what it holds for training is left out
   * @param values holds the values of its variables
   */
  public static OptimisedServable of(Servable plain, Session values, Optimisation kind) {
    SourceGraph source = new SourceGraph(plain, values);
    Set<String> names = new LinkedHashSet<>();
    source.nodes().forEach(node -> names.add(node.getName()));
    TargetGraph target = new TargetGraph(names);
    List<Rule> rules = new ArrayList<>();
    rules.add(new NormFolding());
    rules.add(new AttentiveFolding());
    rules.add(new PixelMean());
    rules.add(new SquaredDeviation());
    boolean narrows = kind == Optimisation.BFLOAT16;
    if (narrows) {
      rules.add(new NarrowNorm());
      rules.add(new Contractions());
      rules.add(new NarrowOperations());
    }
    Translation translation = new Translation(source, target, rules, narrows);
    Map<String, Map<String, String>> outputs = new LinkedHashMap<>();
    for (ServableSignature signature : plain.signatures()) {
      signature.inputs().values().forEach(input -> translation.value(input.op().name()));
      Map<String, String> named = new LinkedHashMap<>();
      signature
          .outputs()
          .forEach(
              (name, output) ->
                  named.put(name, translation.wide(SourceGraph.tensor(output.asOutput()))));
      outputs.put(signature.key(), named);
    }
    return load(plain, source, target, outputs);
  }

  private static OptimisedServable load(
      Servable plain,
      SourceGraph source,
      TargetGraph target,
      Map<String, Map<String, String>> outputs) {
    Graph graph = new Graph();
    try {
      graph.importGraphDef(target.definition(source.library(), source.versions()));
      List<ServableSignature> signatures = new ArrayList<>();
      for (ServableSignature signature : plain.signatures()) {
        Map<String, Operand<?>> inputs = new LinkedHashMap<>();
        signature
            .inputs()
            .forEach((name, input) -> inputs.put(name, operand(graph, input.op().name())));
        Map<String, Operand<?>> answers = new LinkedHashMap<>();
        outputs
            .get(signature.key())
            .forEach((name, tensor) -> answers.put(name, operand(graph, tensor)));
        signatures.add(new ServableSignature(signature.key(), inputs, answers));
      }
      Servable servable = new Servable(new VariableStore(graph, 0), signatures, plain.labels());
      return new OptimisedServable(graph, new Session(graph), servable);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static Operand<?> operand(Graph graph, String tensor) {
    return graph.operation(Nodes.source(tensor)).output(SourceGraph.index(tensor));
  }

  /** Returns the servable; it lives as long as this. */
  public Servable servable() {
    return servable;
  }

  /** Returns the session that holds its values. */
  public Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
