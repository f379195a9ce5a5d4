package dev.recal.savedmodels.optimise;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.meta.Nodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;

/** An optimised servable, with its own graph and session. */
public final class OptimisedServable implements AutoCloseable {

  private static final List<Rule> FLOAT32_RULES =
      List.of(
          new NormFolding(),
          new FusedSum(),
          new ZeroPad(),
          new PixelMean(),
          new SquaredDeviation());
  private static final List<Rule> BFLOAT16_RULES =
      List.of(new NarrowNorm(), new Contractions(), new SignedRelu(), new NarrowOperations());

  private final Graph graph;
  private final Session session;
  private final Servable servable;
  private final OptimisedCounts counts;

  private OptimisedServable(
      Graph graph, Session session, Servable servable, OptimisedCounts counts) {
    this.counts = counts;
    this.graph = graph;
    this.session = session;
    this.servable = servable;
  }

  /**
   * Rewrites a servable: the same signatures with the same types, other variables.
   *
   * @param plain an inference graph; its training part is left out
   * @param values holds the values of its variables
   * @throws IllegalArgumentException if there is nothing to optimise
   */
  public static OptimisedServable of(Servable plain, Session values, Optimisation kind) {
    SourceGraph source = new SourceGraph(plain, values);
    Set<String> names = new LinkedHashSet<>();
    source.nodes().forEach(node -> names.add(node.getName()));
    TargetGraph target = new TargetGraph(names);
    boolean narrows = kind == Optimisation.BFLOAT16;
    List<Rule> rules =
        Stream.concat(FLOAT32_RULES.stream(), narrows ? BFLOAT16_RULES.stream() : Stream.empty())
            .toList();
    Translation translation = new Translation(source, target, rules, narrows);
    Map<String, Map<String, String>> outputs = new LinkedHashMap<>();
    for (ServableSignature signature : plain.signatures()) {
      signature.inputs().values().forEach(input -> translation.value(input.op().name()));
      Map<String, String> named = new LinkedHashMap<>();
      signature
          .outputs()
          .forEach(
              (name, output) ->
                  named.put(name, translation.float32(SourceGraph.tensor(output.asOutput()))));
      outputs.put(signature.key(), named);
    }
    OptimisedCounts counts = translation.counts(plain.signatures().get(0));
    if (counts.foldedNorms() + counts.narrowConvolutions() == 0) {
      throw new IllegalArgumentException(
          "plain: expected a batch norm after a convolution, or a convolution, but got neither;"
              + " there is nothing to optimise.");
    }
    return load(plain, source, target, outputs, counts);
  }

  private static OptimisedServable load(
      Servable plain,
      SourceGraph source,
      TargetGraph target,
      Map<String, Map<String, String>> outputs,
      OptimisedCounts counts) {
    Graph graph = Graphs.create();
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
      return new OptimisedServable(graph, Sessions.onCpu(graph), servable, counts);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static Operand<?> operand(Graph graph, String tensor) {
    return graph.operation(Nodes.source(tensor)).output(SourceGraph.index(tensor));
  }

  /** Returns the servable; it is valid until this object is closed. */
  public Servable servable() {
    return servable;
  }

  /** Returns the session that holds its values. */
  public Session session() {
    return session;
  }

  /** Returns what was optimised, counted in the first signature. */
  public OptimisedCounts counts() {
    return counts;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
