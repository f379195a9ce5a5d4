package dev.recal.tools.bench;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.Servable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.optimise.Optimisation;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * Benchmarks a network's exports, plain and optimised, in the predictor. The weights are random.
 * All forms are opened first and measured in alternation; results are medians.
 */
public final class ExportBench {

  private static final String SIGNATURE = "serving_default";
  private static final float DEVIATION = 0.1f;

  /**
   * A result.
   *
   * @param network its name
   * @param form empty for the plain one
   * @param bytes of all files
   * @param seconds median seconds of a call, by the number of images in it
   */
  public record Result(
      String network, Optional<Optimisation> form, long bytes, Map<Integer, Double> seconds) {

    /** Returns the form's word. */
    public String formName() {
      return form.map(Optimisation::toString).orElse("plain");
    }
  }

  private ExportBench() {}

  /**
   * Writes a network's exports into a directory and measures them.
   *
   * @param name of the network
   * @param directory gets a model for each form
   * @param batches numbers of images per call
   * @param size rows and columns of an image
   * @param warmUp the number of warm-up rounds
   * @param repeats the number of measured rounds, of several calls in a row
   */
  public static List<Result> run(
      String name, Path directory, List<Integer> batches, int size, int warmUp, int repeats)
      throws IOException {
    Map<Optional<Optimisation>, Path> models = write(name, directory, size);
    Map<Optional<Optimisation>, Predictor> open = new LinkedHashMap<>();
    Map<Optional<Optimisation>, Map<Integer, Double>> seconds = new LinkedHashMap<>();
    try {
      PredictorSettings settings =
          new PredictorSettings(batches.stream().max(Integer::compare).orElseThrow(), false, 0);
      for (var model : models.entrySet()) {
        open.put(model.getKey(), Predictor.open(model.getValue(), settings));
        seconds.put(model.getKey(), new LinkedHashMap<>());
      }
      for (int batch : batches) {
        measure(open, batch, warmUp, repeats)
            .forEach((form, median) -> seconds.get(form).put(batch, median));
      }
    } finally {
      open.values().forEach(Predictor::close);
    }
    List<Result> results = new ArrayList<>();
    for (var model : models.entrySet()) {
      results.add(
          new Result(name, model.getKey(), size(model.getValue()), seconds.get(model.getKey())));
    }
    return results;
  }

  /** Writes a network's exports into a directory; returns their paths by form, plain first. */
  static Map<Optional<Optimisation>, Path> write(String name, Path directory, int size)
      throws IOException {
    Network network = Networks.named(name);
    List<String> labels =
        IntStream.range(0, network.classes()).mapToObj(Integer::toString).toList();
    Map<Optional<Optimisation>, Path> models = new LinkedHashMap<>();
    try (Graph graph = Graphs.create()) {
      Servable plain =
          ClassifierServable.build(graph, network, labels, Augmentation.none(), size, size);
      try (Session session = Sessions.open(graph)) {
        plain.store().initialize(session);
        vary(plain.store(), session);
        SavedModelWriter writer = new SavedModelWriter(new JsonObject(), List.of());
        models.put(Optional.empty(), writer.write(plain, session, directory.resolve("plain")));
        for (Optimisation form : Optimisation.values()) {
          try (OptimisedServable optimised = OptimisedServable.of(plain, session, form)) {
            models.put(
                Optional.of(form),
                writer.write(
                    optimised.servable(),
                    optimised.session(),
                    directory.resolve(form.name().toLowerCase(Locale.ROOT))));
          }
        }
      }
    }
    return models;
  }

  /**
   * Gives variables that start with one value, as those of batch norms, different values, as
   * training does: TensorFlow leaves out the addition of a bias of zeros, and then fuses no
   * activation into its convolution.
   */
  private static void vary(VariableStore store, Session session) {
    Random random = new Random(1);
    Map<String, float[]> varied = new LinkedHashMap<>();
    store
        .values(session)
        .forEach(
            (path, values) -> {
              if (allEqual(values)) {
                for (int i = 0; i < values.length; i++) {
                  values[i] += DEVIATION * (2 * random.nextFloat() - 1);
                }
                varied.put(path, values);
              }
            });
    store.assign(session, varied);
  }

  private static boolean allEqual(float[] values) {
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }

  private static <K> Map<K, Double> measure(
      Map<K, Predictor> open, int batch, int warmUp, int repeats) {
    List<DoubleSupplier> calls = new ArrayList<>();
    open.values().forEach(predictor -> calls.add(call(predictor, batch)));
    List<Double> found = new Alternation(warmUp, repeats, Alternation.LONG_TURN).medians(calls);
    Map<K, Double> medians = new LinkedHashMap<>();
    open.keySet().forEach(key -> medians.put(key, found.get(medians.size())));
    return medians;
  }

  /** Returns calls of a model with the same images, which return their seconds. */
  static DoubleSupplier call(Predictor predictor, int batch) {
    Map<String, TensorValue> inputs =
        new SampleCall(predictor.description().signature(SIGNATURE)).inputs(batch);
    return () -> {
      long start = System.nanoTime();
      predictor.call(SIGNATURE, inputs);
      return (System.nanoTime() - start) / 1e9;
    };
  }

  private static long size(Path model) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
