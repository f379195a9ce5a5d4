package dev.recal.models.export;

import dev.recal.graphs.classification.DataRecipe;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.UprightInputs;
import dev.recal.ops.GraphScope;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;

/** Images on which two forms of a model are compared. */
interface ComparedImages {

  /** The maximum number of images; more change nothing. */
  int MAX_IMAGES = 1000;

  /** Images per call. */
  int BATCH = 32;

  /** Takes the inputs of one call. */
  interface Consumer {

    /**
     * Takes them.
     *
     * @param signature to be called
     * @param inputs by name
     * @param classes the class of each image; empty if unknown
     */
    void accept(String signature, Map<String, TensorValue> inputs, int[] classes);
  }

  /** Returns a description of the images. */
  String source();

  /** Reads all images. */
  void forEach(Consumer consumer) throws IOException;

  /** Files and folders, decoded by the model. */
  static ComparedImages files(List<Path> paths) throws IOException {
    List<ImageFiles.ImageFile> found = ImageFiles.find(paths);
    List<ImageFiles.ImageFile> chosen = found.subList(0, Math.min(MAX_IMAGES, found.size()));
    return new ComparedImages() {
      @Override
      public String source() {
        return String.join(", ", paths.stream().map(Path::toString).toList());
      }

      @Override
      public void forEach(Consumer consumer) throws IOException {
        for (int from = 0; from < chosen.size(); from += BATCH) {
          List<byte[]> files = new ArrayList<>();
          for (var one : chosen.subList(from, Math.min(chosen.size(), from + BATCH))) {
            files.add(FileBytes.read(one.file()));
          }
          Map<String, TensorValue> inputs = Map.of("image_bytes", TensorValue.ofBytes(files));
          consumer.accept(
              "serving_bytes", UprightInputs.of(inputs, PredictorSettings.PIXELS), new int[0]);
        }
      }
    };
  }

  /** The images that a run was evaluated on. */
  static ComparedImages evaluation(EvaluatedImages run) {
    return new ComparedImages() {
      @Override
      public String source() {
        return "evaluation images of the run";
      }

      @Override
      public void forEach(Consumer consumer) throws IOException {
        try (DataSet all = open(run);
            DataSet some = some(all, run)) {
          DataRecipe data = run.recipe().data();
          int size = data.imageSize();
          PipelineSettings settings =
              PipelineSettings.evaluation(BATCH, size, size, data.evaluationAugmentation());
          read(some, settings.withMemoryLimitBytes(data.memoryLimitBytes()), consumer);
        }
      }
    };
  }

  private static DataSet open(EvaluatedImages run) throws IOException {
    try {
      return run.open(false);
    } catch (IOException | IllegalArgumentException missing) {
      throw new IllegalArgumentException(
          "images: the images that the run was evaluated on cannot be opened ("
              + missing.getMessage()
              + "); pass other files or folders to compare the optimised model on.");
    }
  }

  private static DataSet some(DataSet all, EvaluatedImages run) {
    if (all.count() <= MAX_IMAGES) {
      return all.withClasses(run.labels());
    }
    try (DataSet.Split split = all.split((double) MAX_IMAGES / all.count(), 1)) {
      return split.heldOut().withClasses(run.labels());
    }
  }

  private static void read(DataSet data, PipelineSettings settings, Consumer consumer)
      throws IOException {
    try (Graph graph = Graphs.create();
        InputPipeline pipeline = InputPipeline.build(GraphScope.ops(graph), data, settings);
        Session session = Sessions.open(graph)) {
      pipeline.start(session, 0, 0);
      for (long i = 0; i < pipeline.batchesPerEpoch(); i++) {
        try (Result batch =
            session
                .runner()
                .fetch(pipeline.images())
                .fetch(pipeline.labels())
                .fetch(pipeline.marks())
                .run()) {
          if (!pipeline.reportUnreadable(batch.get(2))) {
            continue;
          }
          TensorValue images = Tensors.toValue(batch.get(0));
          consumer.accept(
              "serving_default", Map.of("images", images), Tensors.toValue(batch.get(1)).ints());
        }
      }
    }
  }

  /** Returns the images of a form, or those of the run. */
  static ComparedImages of(OptimisedForm form, Optional<EvaluatedImages> run) throws IOException {
    if (!form.images().isEmpty()) {
      return files(form.images());
    }
    return evaluation(
        run.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "images: imported weights do not specify any; pass files or folders to compare the"
                        + " optimised model with the plain one on.")));
  }
}
