package dev.recal.tools.golden;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.json.Names;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Builds a case's layer, feeds it the case's inputs and compares. */
public final class GoldenRunner {

  private GoldenRunner() {}

  /** Runs a case. All errors are in the result. */
  public static GoldenResult run(GoldenCase golden) {
    if (GoldenKinds.has(golden)) {
      return GoldenKinds.run(golden);
    }
    Optional<String> unknown = unknown(golden);
    if (unknown.isPresent()) {
      return GoldenResult.unknown(golden, unknown.get());
    }
    try {
      GoldenModule module = GoldenModule.read(golden.module(), golden.settings());
      GoldenTensors tensors = GoldenTensors.read(golden.file());
      if (!module.takes(tensors.inputs().keySet())) {
        return GoldenResult.unknown(
            golden,
            "the case has the inputs "
                + String.join(", ", tensors.inputs().keySet())
                + ", which the module does not accept.");
      }
      return compare(golden, module, tensors);
    } catch (IOException
        | IllegalArgumentException
        | TensorFlowException
        | TFUnimplementedException failure) {
      String reason =
          TensorFlowFailures.isFrom(failure)
              ? TensorFlowFailures.reason(failure) + "."
              : String.valueOf(failure.getMessage());
      return GoldenResult.failed(golden, reason);
    }
  }

  private static Optional<String> unknown(GoldenCase golden) {
    Optional<Class<?>> type = GoldenModule.type(golden.module());
    if (type.isEmpty()) {
      List<String> known = GoldenModule.names();
      return Optional.of(
          "there is no module '" + golden.module() + "'." + Names.hint(golden.module(), known));
    }
    List<String> known =
        Arrays.stream(type.get().getRecordComponents()).map(RecordComponent::getName).toList();
    return golden.settings().keySet().stream()
        .filter(key -> !known.contains(key))
        .findFirst()
        .map(key -> golden.module() + " has no setting '" + key + "'." + Names.hint(key, known));
  }

  /** Runs a case with this module. */
  static GoldenResult compare(GoldenCase golden, GoldenModule module, GoldenTensors tensors) {
    try (Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 0);
      Tower tower = golden.training() ? Tower.training() : Tower.inference();
      BuildContext context = BuildContext.of(store, tower);
      Map<String, Placeholder<TFloat32>> inputs = placeholders(graph, tensors.inputs());
      Operand<TFloat32> output = module.build(context, inputs);
      Comparison comparison = new Comparison();
      if (!checkVariables(golden, store, tensors, comparison)) {
        return result(golden, comparison, List.of());
      }
      Placeholder<TFloat32> cotangent =
          placeholders(graph, Map.of("cotangent", tensors.cotangent())).get("cotangent");
      List<Operand<TFloat32>> fetches = new ArrayList<>(List.of(output));
      fetches.addAll(gradients(store, inputs, output, cotangent, tensors));
      List<Op> updates = context.updates();
      Ops fetching = GraphScope.ops(graph).withSubScope("fetches");
      // An operand may be the gradient of two; fetching it twice does not work.
      List<Operand<TFloat32>> distinct = new ArrayList<>();
      fetches.forEach(operand -> distinct.add(fetching.identity(operand)));
      try (Session session = Sessions.optimisedOnce(graph)) {
        store.initialize(session);
        Map<String, float[]> variables = new LinkedHashMap<>();
        tensors.variables().forEach((name, value) -> variables.put(name, value.floats()));
        store.assign(session, variables);
        Map<Operand<TFloat32>, TensorValue> feeds = new LinkedHashMap<>();
        inputs.forEach((name, placeholder) -> feeds.put(placeholder, tensors.inputs().get(name)));
        feeds.put(cotangent, tensors.cotangent());
        List<TensorValue> values = run(session, feeds, distinct, updates);
        return result(
            golden,
            comparison,
            errors(golden, tensors, values, statistics(session, context), comparison));
      }
    }
  }

  private static Map<String, Placeholder<TFloat32>> placeholders(
      Graph graph, Map<String, TensorValue> values) {
    Ops tf = GraphScope.ops(graph).withSubScope("feeds");
    Map<String, Placeholder<TFloat32>> placeholders = new TreeMap<>();
    values.forEach(
        (name, value) ->
            placeholders.put(
                name,
                tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(value.shape()))));
    return placeholders;
  }

  private static boolean checkVariables(
      GoldenCase golden, VariableStore store, GoldenTensors tensors, Comparison comparison) {
    List<String> names = store.all().stream().map(Variable::name).toList();
    comparison.sameNames("variables", names, tensors.variables().keySet());
    for (Variable<?> variable : store.all()) {
      TensorValue value = tensors.variables().get(variable.name());
      if (value != null && !value.shape().equals(variable.shape())) {
        comparison.problem(
            "variable "
                + variable.name()
                + ": expected the layer's shape "
                + variable.shape()
                + ", but got "
                + value.shape()
                + ".");
      }
    }
    List<String> trainable = store.trainable().stream().map(Variable::name).toList();
    comparison.sameNames("gradients", trainable, tensors.variableGradients().keySet());
    boolean usable = comparison.problems().isEmpty();
    if (store.parameters() != golden.parameters()) {
      comparison.problem(
          "parameters: expected " + golden.parameters() + ", but got " + store.parameters() + ".");
    }
    return usable;
  }

  private static List<Operand<TFloat32>> gradients(
      VariableStore store,
      Map<String, Placeholder<TFloat32>> inputs,
      Operand<TFloat32> output,
      Operand<TFloat32> cotangent,
      GoldenTensors tensors) {
    List<Operand<TFloat32>> sources = new ArrayList<>();
    tensors.inputGradients().keySet().forEach(name -> sources.add(inputs.get(name)));
    Map<String, Operand<TFloat32>> reads = new TreeMap<>();
    store.trainable().forEach(variable -> reads.put(variable.name(), variable.read()));
    tensors.variableGradients().keySet().forEach(name -> sources.add(reads.get(name)));
    return Gradients.of(output, sources, Optional.of(cotangent));
  }

  private static List<TensorValue> run(
      Session session,
      Map<Operand<TFloat32>, TensorValue> feeds,
      List<Operand<TFloat32>> fetches,
      List<Op> targets) {
    Session.Runner runner = session.runner();
    List<Tensor> fed = new ArrayList<>();
    try {
      feeds.forEach(
          (placeholder, value) -> {
            Tensor tensor = Tensors.toTensor(value);
            fed.add(tensor);
            runner.feed(placeholder, tensor);
          });
      fetches.forEach(runner::fetch);
      targets.forEach(runner::addTarget);
      try (Result result = runner.run()) {
        List<TensorValue> values = new ArrayList<>();
        result.forEach(entry -> values.add(Tensors.toValue(entry.getValue())));
        return values;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static Map<String, TensorValue> statistics(Session session, BuildContext context) {
    List<Variable<TFloat32>> variables =
        context.movingAverages().stream().map(MovingAverage::variable).toList();
    List<float[]> values = context.store().values(session, variables);
    Map<String, TensorValue> statistics = new TreeMap<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<TFloat32> variable = variables.get(i);
      statistics.put(variable.name(), TensorValue.of(values.get(i), variable.shape().asArray()));
    }
    return statistics;
  }

  private static List<OptionalDouble> errors(
      GoldenCase golden,
      GoldenTensors tensors,
      List<TensorValue> values,
      Map<String, TensorValue> statistics,
      Comparison comparison) {
    if (!values.get(0).shape().equals(golden.outputShape())) {
      comparison.problem(
          "output: expected shape "
              + golden.outputShape()
              + ", as in the manifest, but got "
              + values.get(0).shape()
              + ".");
    }
    double output =
        comparison.compare(
            "output", values.get(0), tensors.output(), GoldenResult.OUTPUT_TOLERANCE);
    Map<String, TensorValue> expected = new LinkedHashMap<>();
    tensors.inputGradients().forEach((name, value) -> expected.put("input/" + name, value));
    tensors.variableGradients().forEach((name, value) -> expected.put("param/" + name, value));
    Map<String, TensorValue> actual = new LinkedHashMap<>();
    int index = 1;
    for (String name : expected.keySet()) {
      actual.put(name, values.get(index++));
    }
    OptionalDouble gradients =
        comparison.compareAll("grad/", actual, expected, GoldenResult.GRADIENT_TOLERANCE);
    comparison.sameNames("updates", statistics.keySet(), tensors.updates().keySet());
    OptionalDouble updates =
        comparison.compareAll(
            "update/", statistics, tensors.updates(), GoldenResult.UPDATE_TOLERANCE);
    return List.of(OptionalDouble.of(output), gradients, updates);
  }

  private static GoldenResult result(
      GoldenCase golden, Comparison comparison, List<OptionalDouble> errors) {
    GoldenResult.Status status =
        comparison.problems().isEmpty() ? GoldenResult.Status.PASSED : GoldenResult.Status.FAILED;
    OptionalDouble none = OptionalDouble.empty();
    return errors.isEmpty()
        ? new GoldenResult(golden, status, none, none, none, comparison.problems())
        : new GoldenResult(
            golden, status, errors.get(0), errors.get(1), errors.get(2), comparison.problems());
  }
}
