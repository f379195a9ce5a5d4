package dev.recal.graphs.classification;

import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkOutput;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.models.TorchStep;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A training step of a linear network with one loss, whose case {@code interop/torch_losses.py}
 * reads.
 *
 * @param overrides of the recipe, {@code training.loss=…} first
 * @param metadata the same for the script
 */
record LossStepCase(List<String> overrides, Map<String, String> metadata) implements TorchStep {

  private static final int IMAGES = 10;
  private static final int SIDE = 4;
  private static final int OUTPUTS = 4;
  private static final String OPTIMISER = "optimiser/";
  private static final String SLOT = "/momentum";
  private static final String RECIPE =
      """
      {"name": "step", "network": "resnet20-cifar", "data": {"training": "textures"},
       "training": {"batch": 10, "learningRate": {"base": 0.05, "schedule": "constant"},
         "weightDecay": {"rate": 0.02}}}
      """;

  /** The mean over the pixels, and a dense layer. */
  record MeanNetwork(int classes) implements Network {

    @Override
    public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
      Operand<TFloat32> mean = GlobalAveragePool.mean(context.at("pool").tf(), images);
      return new NetworkOutput(Dense.of(classes).build(context.at("head"), mean), Map.of());
    }

    @Override
    public Network withClasses(int count) {
      return new MeanNetwork(count);
    }
  }

  /** A batch with one target for each image, and the targets as numbers. */
  private record Data(TargetBatch batch, float[] targets) {

    static Data of(Ops tf, OutputKind kind, Random random) {
      float[] targets = new float[IMAGES * OUTPUTS];
      int[] labels = new int[IMAGES];
      for (int i = 0; i < IMAGES; i++) {
        labels[i] = random.nextInt(OUTPUTS);
        for (int k = 0; k < OUTPUTS; k++) {
          targets[i * OUTPUTS + k] =
              switch (kind) {
                case ONE_CLASS -> k == labels[i] ? 1 : 0;
                case SEVERAL_CLASSES -> random.nextInt(2);
                case NUMBERS -> (float) (20 * (k + 1) + 5 * random.nextGaussian());
              };
        }
      }
      Operand<TFloat32> operand = tf.constant(Shape.of(IMAGES, OUTPUTS), DataBuffers.of(targets));
      TargetBatch batch =
          switch (kind) {
            case ONE_CLASS -> new TargetBatch.Classes(tf.constant(labels));
            case SEVERAL_CLASSES -> new TargetBatch.MultiClasses(operand);
            case NUMBERS -> new TargetBatch.Numbers(operand);
          };
      return new Data(batch, targets);
    }
  }

  @Override
  public String title() {
    return metadata.toString();
  }

  /**
   * Runs the step and writes its case.
   *
   * @return what the step computed and changed, named as PyTorch's results will be
   */
  @Override
  public Map<String, double[]> run(Path file) throws IOException {
    ClassificationSettings settings =
        RecipeJson.read(RECIPE, overrides, ClassificationRecipe.class).training();
    Random random = new Random(5);
    float[] pixels = new float[IMAGES * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put("rate", "0.05");
    all.put("momentum", "0.9");
    all.put("decay", "0.02");
    OutputKind kind = settings.loss().outputs();
    if (kind == OutputKind.NUMBERS) {
      NumberScales scales = new NumberScales(List.of(21.0, 38.0, 60.0, 84.0), deviations());
      settings = settings.with().scales(scales).build();
      all.put("means", text(scales.means()));
      all.put("deviations", text(scales.deviations()));
    }
    List<Double> weights = new ArrayList<>();
    if (metadata.containsKey("weights")) {
      Arrays.stream(metadata.get("weights").split(",")).map(Double::valueOf).forEach(weights::add);
    }
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Data data = Data.of(tf, kind, random);
      Shape shape = Shape.of(IMAGES, SIDE, SIDE, 3);
      Batch batch = new Batch(tf.constant(shape, DataBuffers.of(pixels)), data.batch());
      ClassificationGraph built =
          ClassificationGraph.build(
              graph,
              new MeanNetwork(OUTPUTS),
              settings,
              new ClassificationGraph.Batches(batch, batch, batch, 10, weights, Views.SINGLE, SIDE),
              Replicas.single());
      VariableStore store = built.job().store();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, scattered(store));
        Map<String, TensorValue> tensors = new LinkedHashMap<>();
        store.values(session).forEach((name, values) -> put(tensors, store, name, values));
        tensors.put("images", TensorValue.of(pixels, IMAGES, SIDE, SIDE, 3));
        tensors.put("targets", TensorValue.of(data.targets(), IMAGES, OUTPUTS));
        Safetensors.write(file, tensors, all);
        return results(built, store, session);
      }
    }
  }

  private static List<Double> deviations() {
    return List.of(5.0, 4.0, 6.0, 5.5);
  }

  private static String text(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static Map<String, float[]> scattered(VariableStore store) {
    Random random = new Random(3);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<?> variable : store.all()) {
      if (!theirName(variable.name()).isEmpty()) {
        float[] array = new float[Math.toIntExact(variable.size())];
        // Momenta of the size of gradients, which they would hide otherwise.
        double scale = variable.name().startsWith(OPTIMISER) ? 1e-2 : 1;
        for (int i = 0; i < array.length; i++) {
          array[i] = (float) (scale * random.nextGaussian());
        }
        values.put(variable.name(), array);
      }
    }
    return values;
  }

  private static void put(
      Map<String, TensorValue> tensors, VariableStore store, String name, float[] values) {
    if (!theirName(name).isEmpty()) {
      long[] shape = store.find(name).orElseThrow().shape().asArray();
      tensors.put(theirName(name), TensorValue.of(values, shape));
    }
  }

  /** Empty for what the script does not know. */
  private static String theirName(String name) {
    if (name.startsWith(OPTIMISER)) {
      return "momentum:" + name.substring(OPTIMISER.length(), name.length() - SLOT.length());
    }
    return name.startsWith("head/") ? name : "";
  }

  private static Map<String, double[]> results(
      ClassificationGraph built, VariableStore store, Session session) {
    Map<String, double[]> results = new LinkedHashMap<>();
    try (Result result = session.runner().fetch(built.loss()).addTarget(built.apply()).run()) {
      results.put("loss", wide(Tensors.toValue(result.get(0)).floats()));
    }
    store
        .values(session)
        .forEach(
            (name, values) -> {
              if (!theirName(name).isEmpty()) {
                results.put(theirName(name), wide(values));
              }
            });
    return results;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
