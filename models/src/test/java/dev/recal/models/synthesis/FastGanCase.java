package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.DiscriminatorOutput;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.FastGanJson;
import dev.recal.graphs.synthesis.GeneratorOutput;
import dev.recal.graphs.synthesis.Reconstructions;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One network with random variables, run here and written for {@code interop/torch_fastgan.py}.
 *
 * @param kind {@code generator}, {@code mix} or {@code discriminator}
 * @param networks both networks; one is run
 * @param training the phase
 */
record FastGanCase(String kind, FastGan networks, boolean training) {

  private static final int QUADRANT = 2;

  String title() {
    String skips =
        networks.generator().skips().stream()
            .map(
                skip ->
                    skip.from() + "→" + skip.to() + " " + skip.layer().getClass().getSimpleName())
            .collect(Collectors.joining(", "));
    String what = kind.equals("discriminator") ? kind : kind + " [" + skips + "]";
    return what + " of " + networks.size() + (training ? ", training" : ", inference");
  }

  /**
   * Runs the network and writes its case.
   *
   * @return outputs, and in training gradients and next statistics, named as PyTorch's will be
   */
  Map<String, float[]> run(Path file) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 3);
      BuildContext context =
          BuildContext.of(store, training ? Tower.training() : Tower.inference());
      Map<String, TensorValue> tensors = new LinkedHashMap<>();
      Map<String, Operand<TFloat32>> outputs = build(GraphScope.ops(graph), context, tensors);
      scatter(session, store);
      fetched(session, reads(store, ""))
          .forEach(
              (name, values) -> {
                long[] shape = store.find(name).orElseThrow().shape().asArray();
                tensors.put(name, TensorValue.of(values, shape));
              });
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>(outputs);
      if (training) {
        fetches.putAll(gradients(GraphScope.ops(graph), store, outputs, tensors));
      }
      Map<String, Operand<TFloat32>> noise = noise(context);
      fetches.putAll(noise);
      Map<String, float[]> results = fetched(session, fetches);
      noise.forEach(
          (name, map) -> {
            float[] values = results.remove(name);
            long[] plane = {values.length / pixels(map), map.shape().get(1), map.shape().get(2), 1};
            tensors.put(name, TensorValue.of(values, plane));
          });
      if (training) {
        session.run(GraphScope.ops(graph).withControlDependencies(context.updates()).noOp());
        Map<String, Operand<TFloat32>> statistics = reads(store, "next:");
        store.trainable().forEach(variable -> statistics.remove("next:" + variable.name()));
        results.putAll(fetched(session, statistics));
      }
      Safetensors.write(file, tensors, metadata(store));
      return results;
    }
  }

  private static long pixels(Operand<TFloat32> map) {
    return map.shape().get(1) * map.shape().get(2);
  }

  private Map<String, Operand<TFloat32>> build(
      Ops tf, BuildContext context, Map<String, TensorValue> tensors) {
    Random random = new Random(5);
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    if (kind.equals("discriminator")) {
      int small = networks.discriminator().smallSize();
      DiscriminatorOutput output =
          networks
              .discriminator()
              .build(
                  context,
                  input(tf, tensors, "images", random, networks.size(), networks.size(), 3),
                  input(tf, tensors, "small", random, small, small, 3));
      Reconstructions decoded =
          networks.discriminator().decode(context, output, tf.constant(QUADRANT));
      outputs.put("logits", output.logits());
      outputs.put("whole", decoded.whole());
      outputs.put("small", decoded.small());
      outputs.put("part", decoded.part());
      return outputs;
    }
    Operand<TFloat32> z = input(tf, tensors, "z", random, networks.generator().latent());
    GeneratorOutput output =
        kind.equals("mix")
            ? networks
                .generator()
                .mix(context, z, input(tf, tensors, "style", random, networks.generator().latent()))
            : networks.generator().build(context, z);
    outputs.put("images", output.images());
    outputs.put("small", output.small());
    return outputs;
  }

  private Operand<TFloat32> input(
      Ops tf, Map<String, TensorValue> tensors, String name, Random random, long... row) {
    long[] shape = new long[row.length + 1];
    // Enough for batch statistics; large images take long.
    shape[0] = networks.size() > 128 ? 1 : 4;
    System.arraycopy(row, 0, shape, 1, row.length);
    return constant(tf, tensors, "input:" + name, random, Shape.of(shape));
  }

  private static Operand<TFloat32> constant(
      Ops tf, Map<String, TensorValue> tensors, String name, Random random, Shape shape) {
    float[] values = normal(random, Math.toIntExact(shape.size()));
    tensors.put(name, TensorValue.of(values, shape.asArray()));
    return tf.constant(shape, DataBuffers.of(values));
  }

  private static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  // Of Σ output ⊙ weights over all outputs.
  private static Map<String, Operand<TFloat32>> gradients(
      Ops tf,
      VariableStore store,
      Map<String, Operand<TFloat32>> outputs,
      Map<String, TensorValue> tensors) {
    Random random = new Random(17);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    outputs.forEach(
        (name, output) -> {
          Operand<TFloat32> weights =
              constant(tf, tensors, "weight:" + name, random, output.shape());
          parts.add(
              tf.reduceSum(
                  tf.reshape(tf.math.mul(output, weights), tf.constant(new int[] {-1})),
                  tf.constant(0)));
        });
    List<Operand<TFloat32>> found =
        Gradients.of(tf.math.addN(parts), store.trainable().stream().map(Variable::read).toList());
    Map<String, Operand<TFloat32>> named = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      named.put("gradient:" + store.trainable().get(i).name(), found.get(i));
    }
    return named;
  }

  // What was drawn in the tower, by the layer's scope; of "Up2" first the first.
  private static Map<String, Operand<TFloat32>> noise(BuildContext context) {
    Map<String, List<Operand<TFloat32>>> found = new LinkedHashMap<>();
    String prefix = context.tower() + "/";
    context
        .store()
        .graph()
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().startsWith("StatelessRandomNormal")
                  && operation.name().startsWith(prefix)) {
                String scope =
                    operation.name().substring(prefix.length(), operation.name().lastIndexOf('/'));
                found.computeIfAbsent(scope, s -> new ArrayList<>()).add(operation.output(0));
              }
            });
    Map<String, Operand<TFloat32>> named = new LinkedHashMap<>();
    found.forEach(
        (scope, maps) -> {
          for (int i = 0; i < maps.size(); i++) {
            named.put(
                "noise:" + scope + (scope.startsWith("up") ? "/" + (i + 1) : ""), maps.get(i));
          }
        });
    return named;
  }

  private static Map<String, float[]> fetched(
      Session session, Map<String, Operand<TFloat32>> fetches) {
    Session.Runner runner = session.runner();
    fetches.values().forEach(runner::fetch);
    Map<String, float[]> values = new LinkedHashMap<>();
    try (var result = runner.run()) {
      int i = 0;
      for (String name : fetches.keySet()) {
        TFloat32 tensor = (TFloat32) result.get(i++);
        float[] array = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(array);
        values.put(name, array);
      }
    }
    return values;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Operand<TFloat32>> reads(VariableStore store, String prefix) {
    Map<String, Operand<TFloat32>> reads = new LinkedHashMap<>();
    for (Variable<?> variable : store.all()) {
      reads.put(prefix + variable.name(), ((Variable<TFloat32>) variable).read());
    }
    return reads;
  }

  // Kernels keep their initial values; initial values of 0 or 1 of others would hide errors.
  private static void scatter(Session session, VariableStore store) {
    Random random = new Random(11);
    Session.Runner runner = session.runner();
    List<TFloat32> fed = new ArrayList<>();
    try {
      for (Variable<?> variable : store.all()) {
        String name = variable.name().substring(variable.name().lastIndexOf('/') + 1);
        runner.addTarget(variable.initializer());
        if (!name.startsWith("kernel")) {
          float[] values = normal(random, Math.toIntExact(variable.size()));
          for (int i = 0; i < values.length; i++) {
            float spread = 0.3f * values[i];
            values[i] =
                switch (name) {
                  case "gamma" -> 1 + spread;
                  case "moving_variance" -> 0.5f + Math.abs(values[i]);
                  default -> spread;
                };
          }
          fed.add(TFloat32.tensorOf(variable.shape(), DataBuffers.of(values)));
          runner.feed(variable.initialValue(), fed.get(fed.size() - 1));
        }
      }
      runner.run().close();
    } finally {
      fed.forEach(TFloat32::close);
    }
  }

  private Map<String, String> metadata(VariableStore store) {
    return Map.of(
        "case", kind,
        "network", FastGanJson.write(networks).toString(),
        "training", String.valueOf(training),
        "quadrant", String.valueOf(QUADRANT),
        "trainable",
            store.trainable().stream().map(Variable::name).collect(Collectors.joining(" ")));
  }
}
