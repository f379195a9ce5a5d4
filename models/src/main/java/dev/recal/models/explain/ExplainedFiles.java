package dev.recal.models.explain;

import dev.recal.graphs.classification.DataRecipe;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.detection.serving.DetectorServable;
import dev.recal.graphs.detection.training.DetectionData;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.explain.DetectorExplainer;
import dev.recal.graphs.explain.Explainer;
import dev.recal.graphs.explain.Explanation;
import dev.recal.graphs.explain.ExplanationPictures;
import dev.recal.graphs.explain.GateHistograms;
import dev.recal.models.TrainedNetwork;
import dev.recal.models.TrainedRecipe;
import dev.recal.models.predict.DistinctNames;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Image files explained by pictures.
 *
 * @param pictures the PNG files that were written
 * @param skipped the files that could not be used
 */
public record ExplainedFiles(List<Path> pictures, List<Skipped> skipped) {

  /**
   * A skipped file.
   *
   * @param file its path
   * @param reason the end of a sentence that begins with its name, without the full stop
   */
  public record Skipped(Path file, String reason) {}

  private static final String GATES = "gates.png";
  private static final String ALL_IMAGES = "all images";

  /** Copies the lists. */
  public ExplainedFiles {
    pictures = List.copyOf(pictures);
    skipped = List.copyOf(skipped);
  }

  /**
   * Draws Grad-CAM and what modules publish for each file, and histograms of all gates by class.
   *
   * @param files JPEG, PNG, GIF, BMP, WebP or TIFF; a file in a folder named like a class counts
   *     for that class in the histograms, others for the class that is predicted
   * @param explained the index of the class that Grad-CAM explains; the predicted one if empty
   * @param directory for the pictures
   * @param count how many files get pictures of their own; all count for the histograms
   * @param pixels the maximum of an image; larger ones are skipped
   * @throws IOException if a file cannot be read, or a picture cannot be written
   */
  public static ExplainedFiles draw(
      TrainedNetwork network,
      List<Path> files,
      OptionalInt explained,
      Path directory,
      int count,
      long pixels)
      throws IOException {
    GateHistograms gates = new GateHistograms();
    ExplanationPictures drawing = new ExplanationPictures(network.labels());
    try (Explainer explainer = explainer(network)) {
      return draw(
          new Request(files, pixels, count),
          (file, image, name) -> {
            Explanation explanation = explainer.explain(image, explained);
            gates.add(classOf(file, network.labels(), explanation), explanation.inner());
            return name.isPresent() ? drawing.write(explanation, directory, name.get()) : List.of();
          },
          gates,
          directory);
    }
  }

  /**
   * Draws what the modules of a detector publish for each file, and histograms of all gates. There
   * is no Grad-CAM, since an image as a whole has no class.
   *
   * @param files JPEG, PNG, GIF, BMP, WebP or TIFF
   * @param directory for the pictures
   * @param count how many files get pictures of their own; all count for the histograms
   * @param pixels the maximum of an image; larger ones are skipped
   * @throws IOException if a file cannot be read, or a picture cannot be written
   * @throws IllegalArgumentException if no module of the detector publishes values
   */
  public static ExplainedFiles drawDetector(
      TrainedRecipe<DetectionRecipe> model,
      List<Path> files,
      Path directory,
      int count,
      long pixels)
      throws IOException {
    GateHistograms gates = new GateHistograms();
    try (DetectorExplainer explainer = detectorExplainer(model)) {
      if (explainer.isEmpty()) {
        throw new IllegalArgumentException(
            "model: expected a detector with modules that publish values, such as attentive norms,"
                + " DRConv or gates, but it has none; Grad-CAM explains classifiers only.");
      }
      return draw(
          new Request(files, pixels, count),
          (file, image, name) -> {
            DetectorExplainer.Values values = explainer.explain(image);
            gates.add(ALL_IMAGES, values.inner());
            return name.isPresent()
                ? ExplanationPictures.write(values.pixels(), values.inner(), directory, name.get())
                : List.of();
          },
          gates,
          directory);
    }
  }

  /** What is explained: the maximum of pixels, and how many files get pictures. */
  private record Request(List<Path> all, long pixels, int count) {}

  /** Explains an image; draws it if it gets a name. */
  private interface Step {
    List<Path> explain(Path file, byte[] image, Optional<String> name);
  }

  private static ExplainedFiles draw(Request files, Step step, GateHistograms gates, Path directory)
      throws IOException {
    List<Path> written = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    DistinctNames names = new DistinctNames();
    int explained = 0;
    for (Path file : files.all()) {
      try {
        byte[] image = ServableImage.bounded(FileBytes.read(file), files.pixels());
        Optional<String> name =
            explained < files.count() ? Optional.of(names.of(file)) : Optional.empty();
        written.addAll(step.explain(file, image, name));
        explained++;
      } catch (ImageHeader.UnusableImageException refused) {
        skipped.add(new Skipped(file, refused.getMessage()));
      } catch (IllegalArgumentException undecodable) {
        skipped.add(new Skipped(file, "is not an image that can be decoded"));
      }
    }
    if (!gates.isEmpty()) {
      Path file = directory.resolve(GATES);
      gates.draw(file);
      written.add(file);
    }
    return new ExplainedFiles(written, skipped);
  }

  private static DetectorExplainer detectorExplainer(TrainedRecipe<DetectionRecipe> model)
      throws IOException {
    DetectionRecipe recipe = model.recipe();
    DetectionData data = recipe.data();
    return new DetectorExplainer(
        recipe.network(),
        recipe.detections(),
        data.evaluationAugmentation(),
        new DetectorServable.Size(data.height(), data.width()),
        model.weights());
  }

  private static Explainer explainer(TrainedNetwork network) throws IOException {
    DataRecipe data = network.recipe().data();
    return new Explainer(
        network.recipe().network(),
        data.evaluationAugmentation(),
        data.imageSize(),
        data.imageSize(),
        network.weights(),
        network.recipe().training().outputs());
  }

  private static String classOf(Path file, List<String> labels, Explanation explanation) {
    Path folder = file.toAbsolutePath().getParent();
    String name = folder.getFileName() == null ? "" : folder.getFileName().toString();
    return labels.contains(name) ? name : labels.get(explanation.predicted());
  }
}
