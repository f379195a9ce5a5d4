package dev.recal.graphs.classification;

import dev.recal.graphs.network.ArcFace;
import dev.recal.graphs.network.ImageNormalization;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.models.TorchStep;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * One training step of a small MobileFaceNet from random weights, run here and written for {@code
 * interop/torch_faces.py}.
 *
 * @param margin of ArcFace
 * @param scale of ArcFace
 */
record FaceStepCase(float margin, float scale) implements TorchStep {

  private static final int IMAGES = 12;
  private static final int SIDE = 24;
  private static final int CLASSES = 5;
  private static final String OPTIMISER = "optimiser/";
  private static final String SLOT = "/momentum";
  private static final List<InvertedStage> STAGES =
      List.of(new InvertedStage(2, 8, 2, 2), new InvertedStage(3, 16, 2, 2));

  private static final String RECIPE =
      """
      {"name": "step", "network": "mobilefacenet", "data": {"training": "textures"},
       "training": {"batch": 12, "learningRate": {"base": 0.05, "schedule": "constant"},
         "weightDecay": {"rate": 0.02,
           "rates": [{"scope": "embedding", "rate": 0.2}, {"scope": "head", "rate": 0.2}]}}}
      """;

  @Override
  public String title() {
    return "margin " + margin + ", scale " + scale;
  }

  private MobileFaceNet network() {
    List<Float> half = List.of(0.5f, 0.5f, 0.5f);
    return MobileFaceNet.defaults()
        .with()
        .stages(STAGES)
        .channels(8, 16)
        .embedding(4)
        .head(new ArcFace(margin, scale))
        .normalization(new ImageNormalization(half, half))
        .classes(CLASSES)
        .build();
  }

  /**
   * Runs the step and writes its case.
   *
   * @return what the step computed and changed, named as PyTorch's results will be
   */
  @Override
  public Map<String, double[]> run(Path file) throws IOException {
    ClassificationSettings settings =
        RecipeJson.read(RECIPE, List.of(), ClassificationRecipe.class).training();
    Random random = new Random(11);
    float[] pixels = new float[IMAGES * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    int[] labels = new int[IMAGES];
    float[] numbers = new float[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = random.nextInt(CLASSES);
      numbers[i] = labels[i];
    }
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Shape shape = Shape.of(IMAGES, SIDE, SIDE, 3);
      Batch batch = new Batch(tf.constant(shape, DataBuffers.of(pixels)), tf.constant(labels));
      ClassificationGraph built =
          ClassificationGraph.build(
              graph,
              network(),
              settings,
              new ClassificationGraph.Batches(batch, batch, batch, 10),
              Replicas.single());
      VariableStore store = built.job().store();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, scattered(store));
        Map<String, TensorValue> tensors = variables(store, session);
        tensors.put("images", TensorValue.of(pixels, IMAGES, SIDE, SIDE, 3));
        tensors.put("labels", TensorValue.of(numbers, IMAGES));
        Safetensors.write(file, tensors, metadata(settings));
        return results(built, store, session);
      }
    }
  }

  private Map<String, String> metadata(ClassificationSettings settings) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(
        "stages",
        STAGES.stream()
            .map(s -> s.expansion() + "," + s.channels() + "," + s.repeats() + "," + s.stride())
            .collect(Collectors.joining(";")));
    metadata.put("margin", String.valueOf(margin));
    metadata.put("scale", String.valueOf(scale));
    metadata.put("rate", String.valueOf(settings.updates().learningRate().base()));
    metadata.put("momentum", "0.9");
    metadata.put("decay", String.valueOf(settings.updates().weightDecay().rate()));
    metadata.put(
        "late_decay", String.valueOf(settings.updates().weightDecay().rates().get(0).rate()));
    return metadata;
  }

  private static Map<String, float[]> scattered(VariableStore store) {
    Random random = new Random(3);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<?> variable : store.all()) {
      if (theirName(variable.name()).isEmpty()) {
        continue;
      }
      float[] array = new float[Math.toIntExact(variable.size())];
      String name = variable.name();
      for (int i = 0; i < array.length; i++) {
        float normal = (float) random.nextGaussian();
        float positive = 0.5f + random.nextFloat();
        array[i] =
            switch (name.substring(name.lastIndexOf('/') + 1)) {
              case "kernel" -> 0.3f * normal;
              case "gamma", "moving_variance" -> positive;
              case "slope" -> 0.25f * positive;
              case "momentum" -> 1e-2f * normal;
              default -> 0.2f * normal;
            };
      }
      values.put(name, array);
    }
    return values;
  }

  private static Map<String, TensorValue> variables(VariableStore store, Session session) {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    store
        .values(session)
        .forEach(
            (name, values) ->
                theirName(name)
                    .ifPresent(
                        key ->
                            tensors.put(
                                key,
                                TensorValue.of(
                                    values, store.find(name).orElseThrow().shape().asArray()))));
    return tensors;
  }

  private static Optional<String> theirName(String name) {
    if (name.startsWith(OPTIMISER)) {
      return Optional.of(
          "momentum:" + name.substring(OPTIMISER.length(), name.length() - SLOT.length()));
    }
    return name.matches("(stem|stage|last|pool|embedding|head).*")
        ? Optional.of(name)
        : Optional.empty();
  }

  private static Map<String, double[]> results(
      ClassificationGraph built, VariableStore store, Session session) {
    Map<String, double[]> results = new LinkedHashMap<>();
    Operand<TFloat32> loss = built.loss();
    try (Result result = session.runner().fetch(loss).addTarget(built.apply()).run()) {
      results.put("loss", wide(Tensors.toValue(result.get(0)).floats()));
    }
    store
        .values(session)
        .forEach(
            (name, values) -> theirName(name).ifPresent(key -> results.put(key, wide(values))));
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
