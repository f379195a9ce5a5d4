package dev.recal.savedmodels;

import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.runtime.TensorFlowLibrary;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.ConfigProto;

/**
 * A loaded model that can be called from any number of threads.
 *
 * <p>Inputs and outputs are Java arrays; no TensorFlow memory leaves this class, so only the
 * predictor itself has to be closed.
 */
public final class Predictor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Predictor.class);

  private final SavedModelDescription description;
  private final LoadedGraph graph;
  private final PredictorSettings settings;
  // Calls hold the read lock, so that closing waits for them.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private Predictor(
      SavedModelDescription description, LoadedGraph graph, PredictorSettings settings) {
    this.description = description;
    this.graph = graph;
    this.settings = settings;
  }

  /** Loads a model with the default settings; see {@link #open(Path, PredictorSettings)}. */
  public static Predictor open(Path model) throws IOException {
    return open(model, PredictorSettings.defaults());
  }

  /**
   * Loads a model.
   *
   * @param model a SavedModel, or a directory of integer versions, of which the highest is used
   * @throws IOException if it is missing or damaged
   */
  public static Predictor open(Path model, PredictorSettings settings) throws IOException {
    TensorFlowLibrary.require();
    SavedModelReader.ValidatedModel validated = SavedModelReader.read(model, settings.tags());
    validated.check().requireLoadable(validated.metaGraph());
    SavedModelDescription described = validated.description();
    if (!described.integrity().recorded()) {
      LOG.info("{}: {}.", described.directory(), described.integrity().text());
    }
    Predictor predictor = new Predictor(described, load(validated, settings), settings);
    try {
      predictor.checkTensors();
      if (settings.warmUp()) {
        Verification.goldenInputs(predictor.description.directory()).forEach(predictor::call);
      }
      return predictor;
    } catch (IOException | RuntimeException | Error e) {
      predictor.close();
      throw e;
    }
  }

  /** Returns the settings that the model was opened with. */
  public PredictorSettings settings() {
    return settings;
  }

  private static LoadedGraph load(
      SavedModelReader.ValidatedModel validated, PredictorSettings settings) throws IOException {
    // A model may name devices of the machine that wrote it, which need not exist here.
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(settings.threads())
            .setInterOpParallelismThreads(settings.threads())
            .setAllowSoftPlacement(true)
            .build();
    try {
      return LoadedGraph.load(
          validated.description().directory(),
          CompiledChains.marked(validated.metaGraph()),
          config);
    } catch (RuntimeException e) {
      throw new IOException(
          "The SavedModel in "
              + validated.description().directory()
              + " cannot be loaded: "
              + TensorFlowFailures.reason(e)
              + ".",
          e);
    }
  }

  // A signature that names a missing tensor would only fail at its first call.
  private void checkTensors() throws IOException {
    for (SignatureDescription signature : description.signatures()) {
      List<TensorDescription> tensors = new ArrayList<>(signature.inputs().values());
      tensors.addAll(signature.outputs().values());
      for (TensorDescription tensor : tensors) {
        if (graph
            .output(tensor.tensor())
            .filter(output -> output.dataType() == tensor.type())
            .isEmpty()) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "The SavedModel in %s is damaged: signature '%s' refers to the tensor '%s' of %s, which its graph does not contain.",
                  description.directory(),
                  signature.key(),
                  tensor.tensor(),
                  tensor.typeName()));
        }
      }
    }
  }

  /** Returns the description of the model. */
  public SavedModelDescription description() {
    return description;
  }

  /**
   * Returns the signature of {@link #classify}; see {@link SavedModelDescription#imageSignature}.
   *
   * @throws IllegalArgumentException if there is none, or several
   */
  public SignatureDescription imageSignature() {
    return description.imageSignature();
  }

  /**
   * Validates the inputs of {@link #call} without running the model.
   *
   * @return the pixels of their image files, row by row where {@link #call} may split them
   * @throws IllegalArgumentException if a name, a type or a shape does not match
   * @throws TooManyPixelsException if an image file has more pixels than the settings allow
   */
  public InputPixels check(String signature, Map<String, TensorValue> inputs) {
    return check(description.signature(signature), inputs);
  }

  private InputPixels check(SignatureDescription called, Map<String, TensorValue> inputs) {
    SignatureCall.check(called, inputs);
    int rows = called.batched() ? commonRows(called, inputs) : 0;
    return InputPixels.of(inputs, Math.max(1, rows), settings.pixels());
  }

  /**
   * Calls a signature. If all its inputs and outputs have a free first dimension, rows beyond the
   * batch size or the pixels of the settings are run in further batches.
   *
   * @param signature the key
   * @param inputs by name
   * @return the outputs by name
   * @throws IllegalArgumentException if a name, a type or a shape does not match, or the model
   *     rejects the values
   * @throws TooManyPixelsException if an image file has more pixels than the settings allow
   */
  public Map<String, TensorValue> call(String signature, Map<String, TensorValue> inputs) {
    SignatureDescription called = description.signature(signature);
    InputPixels pixels = check(called, inputs);
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("This predictor is closed.");
      }
      return pixels.end(0, settings.batch(), settings.pixels()) == pixels.rows()
          ? run(called, inputs)
          : runInParts(called, inputs, pixels);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Classifies images through {@link #imageSignature}.
   *
   * @param images the bytes of JPEG or PNG files
   * @param k the number of classes to return for each image
   * @return for each image the most probable classes, in descending order; the values are those of
   *     the output {@code probabilities} or, if the signature has no such output, of its only
   *     output of a row of float32 for each image
   * @throws IllegalArgumentException if a file is not an image; the message contains its index
   * @throws NotFiniteException if the model's answer is not finite
   */
  public List<List<Classification>> classify(List<byte[]> images, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k: expected at least 1, but got " + k + ".");
    }
    if (images.isEmpty()) {
      return List.of();
    }
    SignatureDescription signature = imageSignature();
    String input = signature.inputs().keySet().iterator().next();
    String output = ImageSignatures.scores(signature).orElseThrow();
    TensorValue probabilities =
        answer(
            images,
            chunk -> call(signature.key(), Map.of(input, TensorValue.ofBytes(chunk))).get(output));
    int classes = Math.toIntExact(probabilities.shape().get(1));
    List<List<Classification>> results = new ArrayList<>();
    for (int row = 0; row < images.size(); row++) {
      requireFinite(row, output, probabilities.rows(row, row + 1));
      results.add(best(probabilities.floats(), row * classes, classes, k));
    }
    return results;
  }

  /** Returns whether the model answers image files with numbers, see {@link #numbers}. */
  public boolean answersNumbers() {
    return ImageSignatures.numbers(description).isPresent();
  }

  /**
   * Returns the numbers of images, in the order of {@link SavedModelDescription#labels}.
   *
   * @param images the bytes of JPEG or PNG files
   * @throws IllegalArgumentException if the model answers something else, or a file is not an
   *     image; the message contains its index
   * @throws NotFiniteException if the model's answer is not finite
   */
  public List<float[]> numbers(List<byte[]> images) {
    SignatureDescription signature =
        ImageSignatures.numbers(description)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model: expected one with the output '"
                            + ImageSignatures.VALUES
                            + "', but got "
                            + description.directory()
                            + "."));
    if (images.isEmpty()) {
      return List.of();
    }
    String input = signature.inputs().keySet().iterator().next();
    TensorValue values =
        answer(
            images,
            chunk ->
                call(signature.key(), Map.of(input, TensorValue.ofBytes(chunk)))
                    .get(ImageSignatures.VALUES));
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < images.size(); row++) {
      TensorValue own = values.rows(row, row + 1);
      requireFinite(row, ImageSignatures.VALUES, own);
      rows.add(own.floats());
    }
    return rows;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        graph.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private Map<String, TensorValue> run(
      SignatureDescription signature, Map<String, TensorValue> inputs) {
    try {
      return SignatureCall.run(graph.session(), graph::tensor, signature, inputs);
    } catch (RuntimeException e) {
      throw TensorFlowFailures.ofInputs(signature.key(), e);
    }
  }

  private Map<String, TensorValue> runInParts(
      SignatureDescription signature, Map<String, TensorValue> inputs, InputPixels pixels) {
    Map<String, List<TensorValue>> parts = new LinkedHashMap<>();
    int begin = 0;
    while (begin < pixels.rows()) {
      int from = begin;
      int next = pixels.end(from, settings.batch(), settings.pixels());
      Map<String, TensorValue> part = new LinkedHashMap<>();
      inputs.forEach((name, value) -> part.put(name, value.rows(from, next)));
      Map<String, TensorValue> answer = run(signature, part);
      requireRows(signature, answer, next - from);
      answer.forEach(
          (name, value) -> parts.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
      begin = next;
    }
    Map<String, TensorValue> outputs = new LinkedHashMap<>();
    parts.forEach((name, values) -> outputs.put(name, TensorValue.concatenate(values)));
    return outputs;
  }

  // A free dimension of a signature may be something other than the number of rows.
  private static void requireRows(
      SignatureDescription signature, Map<String, TensorValue> answer, int rows) {
    answer.forEach(
        (name, value) -> {
          if (value.rows() != rows) {
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "inputs: output '%s' of signature '%s' has %d rows for %d, so the inputs cannot"
                        + " be split into batches; open the model with a larger batch.",
                    name,
                    signature.key(),
                    value.rows(),
                    rows));
          }
        });
  }

  // The model decides on inputs of different lengths, so they are not split.
  private static int commonRows(SignatureDescription signature, Map<String, TensorValue> inputs) {
    int[] rows = inputs.values().stream().mapToInt(TensorValue::rows).distinct().toArray();
    return rows.length == 1 ? rows[0] : 0;
  }

  private interface ImageCall {
    TensorValue run(List<byte[]> images);
  }

  // One bad file fails its whole batch; repeating the calls one by one finds it.
  private static TensorValue answer(List<byte[]> images, ImageCall call) {
    try {
      return call.run(images);
    } catch (TooManyPixelsException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      for (int i = 0; i < images.size(); i++) {
        try {
          call.run(List.of(images.get(i)));
        } catch (IllegalArgumentException single) {
          throw new IllegalArgumentException(
              "images: number "
                  + i
                  + " (counted from 0, "
                  + images.get(i).length
                  + " bytes) is not a JPEG, PNG, GIF or BMP file that can be decoded.",
              single);
        }
      }
      throw e;
    }
  }

  // Otherwise NaN would be sorted among the probabilities.
  private static void requireFinite(int image, String output, TensorValue row) {
    Optional<String> found = row.notFinite();
    if (found.isPresent()) {
      throw new NotFiniteException(
          "images: number "
              + image
              + " (counted from 0): expected finite numbers from the model, but its output '"
              + output
              + "' has "
              + found.get().replaceFirst(" at .*", "")
              + "; its weights may be damaged.");
    }
  }

  private List<Classification> best(float[] all, int offset, int classes, int k) {
    return IntStream.range(0, classes)
        .mapToObj(index -> new Classification(index, label(index), all[offset + index]))
        .sorted(Comparator.comparingDouble(Classification::probability).reversed())
        .limit(k)
        .toList();
  }

  private String label(int index) {
    List<String> labels = description.labels();
    return index < labels.size() ? labels.get(index) : Integer.toString(index);
  }
}
