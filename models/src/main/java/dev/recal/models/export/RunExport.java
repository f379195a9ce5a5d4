package dev.recal.models.export;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.Classifier;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.task.GoldenInput;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.Servable;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.IntNdArray;
import org.tensorflow.ndarray.LongNdArray;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.buffer.DataBuffers;

/** Writes the weights of a run of any task, or imported ones, as a SavedModel. */
public final class RunExport {

  private RunExport() {}

  /** Exports a checkpoint in the default form. */
  public static <R extends Recipe> Path write(RunDirectory<R> run, Path checkpoint, Path target)
      throws IOException {
    return write(run, checkpoint, target, ExportForm.defaults());
  }

  /**
   * Exports a checkpoint: with averaged weights the averages, otherwise the weights.
   *
   * @param checkpoint one of the run's
   * @param target {@code MODEL} or {@code MODEL/VERSION}
   * @param form the form of the model
   * @return the directory of the version that was written
   * @throws IOException if the checkpoint cannot be read or the model not be written
   * @throws IllegalArgumentException if the checkpoint does not fit the recipe, or the task has no
   *     optimised form
   */
  public static <R extends Recipe> Path write(
      RunDirectory<R> run, Path checkpoint, Path target, ExportForm form) throws IOException {
    Optional<ClassificationRecipe> classifier =
        run.recipe() instanceof ClassificationRecipe recipe
            ? Optional.of(recipe)
            : Optional.empty();
    if (form.optimised().isPresent() && classifier.isEmpty()) {
      throw new IllegalArgumentException(
          "optimise: its forms are compared by classes, but "
              + run.directory()
              + " is a run of the task '"
              + run.task().name()
              + "'.");
    }
    JsonObject json = metadata(run, checkpoint, CheckpointDirectory.describe(checkpoint));
    InitialWeights weights = RestoredServable.weights(run, checkpoint);
    try (Graph graph = Graphs.create()) {
      ServableModel model = run.task().servable(graph, run, form.holdsTraining());
      Optional<EvaluatedImages> images = Optional.empty();
      if (classifier.isPresent()) {
        images =
            Optional.of(
                new EvaluatedImages(classifier.get(), ClassificationTask.labels(run.directory())));
      }
      return write(model, weights, json, images, target, form);
    }
  }

  /** Exports imported weights in the default form. */
  public static Path write(StoredNetwork stored, Path target) throws IOException {
    return write(stored, target, ExportForm.defaults());
  }

  /**
   * Exports imported weights.
   *
   * @param target {@code MODEL} or {@code MODEL/VERSION}
   * @param form the form of the model
   * @return the directory of the version that was written
   * @throws IOException if the weights cannot be read or the model not be written
   * @throws IllegalArgumentException if the weights do not fit the network
   */
  public static Path write(StoredNetwork stored, Path target, ExportForm form) throws IOException {
    StoredNetwork.Description description = stored.description();
    Classifier classifier =
        new Classifier(
            description.network(),
            stored.labels(),
            description.evaluationAugmentation(),
            description.imageSize());
    JsonObject json = new JsonObject();
    json.add("network", NetworkJson.write(description.network()));
    json.addProperty("origin", description.origin());
    try (Graph graph = Graphs.create()) {
      ServableModel model = ClassificationTask.servable(graph, classifier, form.holdsTraining());
      InitialWeights weights = new InitialWeights(stored.prefix(), "", false);
      return write(model, weights, json, Optional.empty(), target, form);
    }
  }

  private static Path write(
      ServableModel model,
      InitialWeights weights,
      JsonObject metadata,
      Optional<EvaluatedImages> images,
      Path target,
      ExportForm form)
      throws IOException {
    model.metadata().entrySet().forEach(member -> metadata.add(member.getKey(), member.getValue()));
    List<GoldenCase> golden = model.golden().stream().map(RunExport::goldenCase).toList();
    Servable servable = model.servable();
    try (Session session = Sessions.onCpu(servable.store().graph())) {
      RestoredServable.restore(servable, weights, session);
      if (form.optimised().isEmpty()) {
        return new SavedModelWriter(metadata, golden)
            .write(servable, session, target, form.addition());
      }
      OptimisedForm wanted = form.optimised().get();
      try (OptimisedServable optimised = OptimisedServable.of(servable, session, wanted.kind())) {
        metadata.add(
            OptimisedExport.MEMBER,
            OptimisedExport.compare(servable, session, optimised, wanted, images));
        return new SavedModelWriter(metadata, golden, wanted.kind().tolerance())
            .write(optimised.servable(), optimised.session(), target, form.addition());
      }
    }
  }

  private static <R extends Recipe> JsonObject metadata(
      RunDirectory<R> run, Path checkpoint, CheckpointSummary summary) {
    JsonObject json = new JsonObject();
    json.add("recipe", RecipeJson.object(run.recipe()));
    json.addProperty("seed", summary.seed());
    json.addProperty("dataDigest", summary.dataDigest());
    json.addProperty("checkpoint", checkpoint.getFileName().toString());
    json.addProperty("step", summary.step());
    JsonObject metrics = new JsonObject();
    String name = run.task().scoreName(run.recipe());
    summary.score().ifPresent(score -> metrics.addProperty(name, score));
    json.add("metrics", metrics);
    return json;
  }

  private static GoldenCase goldenCase(GoldenInput input) {
    Map<String, TensorValue> values = new LinkedHashMap<>();
    input
        .inputs()
        .forEach((name, array) -> values.put(name, value(input.signature(), name, array)));
    return new GoldenCase(input.signature(), values);
  }

  private static TensorValue value(String signature, String name, NdArray<?> array) {
    long[] shape = array.shape().asArray();
    int size = Math.toIntExact(array.size());
    if (array instanceof FloatNdArray floats) {
      float[] values = new float[size];
      floats.copyTo(DataBuffers.of(values));
      return TensorValue.of(values, shape);
    }
    if (array instanceof IntNdArray ints) {
      int[] values = new int[size];
      ints.copyTo(DataBuffers.of(values));
      return TensorValue.of(values, shape);
    }
    if (array instanceof LongNdArray longs) {
      long[] values = new long[size];
      longs.copyTo(DataBuffers.of(values));
      return TensorValue.of(values, shape);
    }
    throw new IllegalArgumentException(
        "golden input: expected floats, ints or longs for "
            + signature
            + "/"
            + name
            + ", but got "
            + array.getClass().getSimpleName()
            + ".");
  }
}
