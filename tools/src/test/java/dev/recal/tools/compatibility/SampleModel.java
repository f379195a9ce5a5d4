package dev.recal.tools.compatibility;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.meta.ExportedGraph;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * An exported model, with the outputs of the exporting session.
 *
 * @param title the network's
 * @param home a directory with the SavedModel in {@code model/1}, and {@code cases.json} with calls
 *     and with the variables' values
 * @param calls the same calls
 * @param variables the same variables, by name
 */
record SampleModel(
    String title, Path home, List<Call> calls, Map<String, ExpectedVariable> variables) {

  private static final float SPREAD = 0.2f;

  // A generator's gates halve its maps at every layer. In training its norms double them again;
  // with variances of 1 little of z would be left in an image.
  private static final String GATED_VARIANCE = "generator/.*/moving_variance";
  private static final float HALVED = 0.25f;

  /** A call of a signature and its outputs. */
  record Call(
      String signature, Map<String, TensorValue> inputs, Map<String, TensorValue> outputs) {}

  /** A variable that a loader should find. */
  record ExpectedVariable(boolean trainable, TensorValue value) {}

  SampleModel {
    calls = List.copyOf(calls);
    variables = Map.copyOf(variables);
  }

  /**
   * Exports a network with random weights and statistics, the same at every call.
   *
   * @param network builds it into an empty graph @param work the parent of its directory
   */
  static SampleModel export(String title, Function<Graph, Servable> network, Path work)
      throws IOException {
    Path home = Files.createDirectories(work.resolve(title.replace(' ', '-')));
    try (Graph graph = new Graph()) {
      Servable servable = network.apply(graph);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        servable.store().assign(session, randomised(servable, session));
        List<Call> calls = new ArrayList<>();
        for (ServableSignature signature : servable.signatures()) {
          for (Map<String, TensorValue> inputs : SampleInputs.of(signature)) {
            Map<String, TensorValue> outputs = run(session, signature, inputs);
            SampleDetectors.requireDistinct(outputs);
            calls.add(new Call(signature.key(), inputs, outputs));
          }
        }
        SavedModelWriter.plain().write(servable, session, home.resolve("model").resolve("1"));
        Map<String, ExpectedVariable> variables = variables(servable, session);
        Path cases = home.resolve("cases.json");
        Files.writeString(cases, new Gson().toJson(json(calls, variables)));
        return new SampleModel(title, home, calls, variables);
      }
    }
  }

  List<String> signatures() {
    return calls.stream().map(Call::signature).distinct().toList();
  }

  @Override
  public String toString() {
    return title;
  }

  // Zero-initialised gates and statistics of 0 and 1 would hide missing variables.
  static Map<String, float[]> randomised(Servable servable, Session session) {
    Random random = new Random(5);
    Map<String, float[]> values = servable.store().values(session);
    values.forEach(
        (name, value) -> {
          boolean trainable = servable.store().find(name).orElseThrow().trainable();
          float share = share(name);
          for (int i = 0; i < value.length; i++) {
            float change = SPREAD * (float) random.nextGaussian();
            value[i] = trainable ? share * (value[i] + change) : moved(share * value[i], change);
          }
        });
    return values;
  }

  private static float share(String variable) {
    return variable.matches(GATED_VARIANCE)
        ? HALVED
        : SampleDetectors.share(variable) * SampleStyles.share(variable);
  }

  // Variances are positive.
  private static float moved(float statistic, float change) {
    return statistic == 0 ? change : statistic * (float) Math.exp(change);
  }

  private static List<TensorValue> values(Session session, List<Variable<?>> variables) {
    Session.Runner runner = session.runner();
    variables.forEach(variable -> runner.fetch(variable.read()));
    try (Result result = runner.run()) {
      return IntStream.range(0, variables.size())
          .mapToObj(i -> Tensors.toValue(result.get(i)))
          .toList();
    }
  }

  private static Map<String, ExpectedVariable> variables(Servable servable, Session session) {
    Map<String, ExpectedVariable> variables = new LinkedHashMap<>();
    // Variables that no signature reads are not exported.
    List<Variable<?>> exported = List.copyOf(ExportedGraph.of(servable).variables());
    List<TensorValue> values = values(session, exported);
    for (int i = 0; i < values.size(); i++) {
      Variable<?> variable = exported.get(i);
      variables.put(variable.name(), new ExpectedVariable(variable.trainable(), values.get(i)));
    }
    return variables;
  }

  private static Map<String, TensorValue> run(
      Session session, ServableSignature signature, Map<String, TensorValue> inputs) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      signature
          .inputs()
          .forEach(
              (name, placeholder) -> {
                Tensor tensor = Tensors.toTensor(inputs.get(name));
                fed.add(tensor);
                runner.feed(placeholder.asOutput(), tensor);
              });
      // An output under two names is fetched once: fetching it twice fails.
      List<Operand<?>> fetched = signature.outputs().values().stream().distinct().toList();
      fetched.forEach(runner::fetch);
      try (Result result = runner.run()) {
        Map<String, TensorValue> outputs = new LinkedHashMap<>();
        signature
            .outputs()
            .forEach(
                (name, output) ->
                    outputs.put(name, Tensors.toValue(result.get(fetched.indexOf(output)))));
        return outputs;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static JsonObject json(List<Call> calls, Map<String, ExpectedVariable> variables) {
    JsonArray cases = new JsonArray();
    for (Call call : calls) {
      JsonObject one = new JsonObject();
      one.addProperty("signature", call.signature());
      one.add("inputs", TensorJson.write(call.inputs()));
      one.add("outputs", TensorJson.write(call.outputs()));
      cases.add(one);
    }
    JsonObject values = new JsonObject();
    variables.forEach(
        (name, variable) -> {
          JsonObject value = TensorJson.write(variable.value());
          value.addProperty("trainable", variable.trainable());
          values.add(name, value);
        });
    JsonObject all = new JsonObject();
    all.add("cases", cases);
    all.add("variables", values);
    return all;
  }
}
