package dev.recal.tools.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.recipe.DataRecipe;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.serving.ClassifierServable;
import dev.recal.graphs.serving.TrainingSignature;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.optimise.OptimisedServable;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;

/** Writes a run's weights, or imported ones, as a SavedModel. */
public final class RunExport {

  private static final int GOLDEN_IMAGES = 2;

  private RunExport() {}

  /** Exports a checkpoint in the default form. */
  public static Path write(TrainingRun run, Path checkpoint, Path target) throws IOException {
    return write(run, checkpoint, target, ExportForm.defaults());
  }

  /**
   * Exports a checkpoint: with averaged weights the averages, otherwise the weights.
   *
   * @param checkpoint one of the run's
   * @param target {@code MODEL} or {@code MODEL/VERSION}
   * @param form the form of the model
   * @return the directory of the version that was written
   * @throws FailureException if the checkpoint does not match the recipe
   */
  public static Path write(TrainingRun run, Path checkpoint, Path target, ExportForm form)
      throws IOException {
    DataRecipe data = run.recipe().data();
    Source source =
        new Source(
            run.recipe().network(),
            run.labels(),
            data.evaluationAugmentation(),
            data.imageSize(),
            CheckpointDirectory.variables(checkpoint),
            run.recipe().training().average().isPresent() ? AveragedWeights.SCOPE : "",
            Optional.of(run));
    JsonObject json = metadata(run, checkpoint, CheckpointDirectory.describe(checkpoint));
    return write(source, json, target, form);
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
   * @throws FailureException if the weights do not match the network
   */
  public static Path write(StoredNetwork stored, Path target, ExportForm form) throws IOException {
    StoredNetwork.Description description = stored.description();
    Source source =
        new Source(
            description.network(),
            stored.labels(),
            description.evaluationAugmentation(),
            description.imageSize(),
            stored.prefix(),
            "",
            Optional.empty());
    JsonObject json = new JsonObject();
    json.add("network", RecipeJson.write(description.network()));
    json.addProperty("origin", description.origin());
    return write(source, json, target, form);
  }

  // A network and the location of its variables: a checkpoint's prefix, and the prefix of their
  // names.
  private record Source(
      Network network,
      List<String> labels,
      Augmentation evaluation,
      int imageSize,
      String prefix,
      String scope,
      Optional<TrainingRun> run) {}

  private static Path write(Source source, JsonObject metadata, Path target, ExportForm form)
      throws IOException {
    int size = source.imageSize();
    Profile profile = Profiler.of(source.network(), size, size);
    metadata.addProperty("parameters", profile.parameters());
    metadata.addProperty("multiplyAdds", profile.macs());
    metadata.addProperty("imageSize", size);
    JsonArray labels = new JsonArray();
    source.labels().forEach(labels::add);
    metadata.add("labels", labels);
    try (Graph graph = new Graph()) {
      Servable answering =
          ClassifierServable.build(
              graph, source.network(), source.labels(), source.evaluation(), size, size);
      Servable servable =
          form.holdsTraining() ? TrainingSignature.addTo(answering, source.network()) : answering;
      Saver saver =
          Saver.add(
              GraphScope.ops(graph),
              "checkpoint",
              servable.store().all(),
              variable -> source.scope() + variable.name());
      try (Session session = new Session(graph)) {
        restore(saver, session, source.prefix());
        if (form.optimised().isPresent()) {
          return writeOptimised(source, servable, session, metadata, target, form);
        }
        return new SavedModelWriter(metadata, golden(size))
            .write(servable, session, target, form.addition());
      }
    }
  }

  private static Path writeOptimised(
      Source source,
      Servable plain,
      Session session,
      JsonObject metadata,
      Path target,
      ExportForm form)
      throws IOException {
    OptimisedForm wanted = form.optimised().orElseThrow();
    try (OptimisedServable optimised = OptimisedServable.of(plain, session, wanted.kind())) {
      metadata.add(
          OptimisedExport.MEMBER,
          OptimisedExport.compare(plain, session, optimised, wanted, source.run()));
      return new SavedModelWriter(metadata, golden(source.imageSize()), wanted.kind().tolerance())
          .write(optimised.servable(), optimised.session(), target, form.addition());
    }
  }

  private static void restore(Saver saver, Session session, String prefix) {
    try {
      saver.restore(session, prefix);
    } catch (TensorFlowException | IllegalArgumentException failure) {
      throw new FailureException(
          "The checkpoint "
              + prefix
              + " does not contain the network's variables: "
              + failure.getMessage(),
          failure);
    }
  }

  private static JsonObject metadata(TrainingRun run, Path checkpoint, CheckpointSummary summary) {
    JsonObject json = new JsonObject();
    json.add("recipe", JsonParser.parseString(RecipeJson.write(run.recipe())));
    json.addProperty("seed", summary.seed());
    json.addProperty("dataDigest", summary.dataDigest());
    json.addProperty("checkpoint", checkpoint.getFileName().toString());
    json.addProperty("step", summary.step());
    JsonObject metrics = new JsonObject();
    summary.accuracy().ifPresent(accuracy -> metrics.addProperty("top1", accuracy));
    json.add("metrics", metrics);
    return json;
  }

  private static List<GoldenCase> golden(int size) {
    SplittableRandom random = new SplittableRandom(1);
    float[] pixels = new float[GOLDEN_IMAGES * size * size * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    TensorValue images = TensorValue.of(pixels, GOLDEN_IMAGES, size, size, 3);
    return List.of(new GoldenCase("serving_default", Map.of("images", images)));
  }
}
