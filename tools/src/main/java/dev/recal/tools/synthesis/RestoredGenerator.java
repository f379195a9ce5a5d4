package dev.recal.tools.synthesis;

import dev.recal.graphs.serving.GeneratorServable;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** A generator built from a recipe with the weights of a checkpoint, as in an export. */
final class RestoredGenerator implements ImageGenerator {

  private final TrainedGenerator trained;
  private final Graph graph = new Graph();
  private final Servable servable;
  private final Session session;

  RestoredGenerator(TrainedGenerator trained) throws IOException {
    this.trained = trained;
    try {
      servable = GeneratorServable.build(graph, trained.generator(), trained.seed());
      Saver saver = trained.weights().reader(GraphScope.ops(graph), servable.store().all());
      session = restored(saver);
    } catch (RuntimeException | IOException refused) {
      graph.close();
      throw refused;
    }
  }

  private Session restored(Saver saver) {
    Session opened = new Session(graph);
    try {
      saver.restore(opened, trained.weights().prefix());
      return opened;
    } catch (RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  Servable servable() {
    return servable;
  }

  Session session() {
    return session;
  }

  @Override
  public int latent() {
    return trained.generator().latent();
  }

  @Override
  public int size() {
    return trained.generator().size();
  }

  @Override
  public float[] generate(float[] z) {
    return inParts("generate", Map.of(GeneratorServable.Z, z));
  }

  @Override
  public float[] mix(float[] z, float[] style) {
    Map<String, float[]> inputs = new LinkedHashMap<>();
    inputs.put(GeneratorServable.Z, z);
    inputs.put(GeneratorServable.STYLE, style);
    return inParts("mix", inputs);
  }

  private float[] inParts(String signature, Map<String, float[]> inputs) {
    int count = inputs.values().iterator().next().length / latent();
    int image = size() * size() * 3;
    float[] images = new float[Math.multiplyExact(count, image)];
    int batch = ImageGenerator.batch(size());
    for (int from = 0; from < count; from += batch) {
      int begin = from;
      int end = Math.min(count, from + batch);
      Map<String, TensorValue> part = new LinkedHashMap<>();
      inputs.forEach(
          (name, values) ->
              part.put(
                  name,
                  TensorValue.of(
                      Arrays.copyOfRange(values, begin * latent(), end * latent()),
                      end - begin,
                      latent())));
      float[] made = run(signature, part);
      System.arraycopy(made, 0, images, from * image, made.length);
    }
    return images;
  }

  private float[] run(String key, Map<String, TensorValue> inputs) {
    ServableSignature signature =
        servable.signatures().stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
    Map<String, Tensor> fed = new LinkedHashMap<>();
    try {
      Session.Runner runner = session.runner();
      inputs.forEach((name, value) -> fed.put(name, Tensors.toTensor(value)));
      fed.forEach((name, tensor) -> runner.feed(signature.inputs().get(name).asOutput(), tensor));
      runner.fetch(signature.outputs().get(GeneratorServable.IMAGES));
      try (Result result = runner.run()) {
        return Tensors.toValue(result.get(0)).floats();
      }
    } finally {
      fed.values().forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
