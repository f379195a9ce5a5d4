package dev.recal.models.explain;

import dev.recal.graphs.classification.DataRecipe;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.explain.Explainer;
import dev.recal.graphs.explain.Explanation;
import dev.recal.graphs.explain.ExplanationPictures;
import dev.recal.graphs.explain.GateHistograms;
import dev.recal.models.TrainedNetwork;
import dev.recal.models.predict.DistinctNames;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    List<Path> written = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    try (Explainer explainer = explainer(network)) {
      DistinctNames names = new DistinctNames();
      int shown = 0;
      for (Path file : files) {
        Explanation explanation;
        try {
          byte[] image = ServableImage.bounded(FileBytes.read(file), pixels);
          explanation = explainer.explain(image, explained);
        } catch (ImageHeader.UnusableImageException refused) {
          skipped.add(new Skipped(file, refused.getMessage()));
          continue;
        } catch (IllegalArgumentException undecodable) {
          skipped.add(new Skipped(file, "is not an image that can be decoded"));
          continue;
        }
        gates.add(classOf(file, network.labels(), explanation), explanation.inner());
        if (shown++ < count) {
          written.addAll(drawing.write(explanation, directory, names.of(file)));
        }
      }
    }
    if (!gates.isEmpty()) {
      Path file = directory.resolve(GATES);
      gates.draw(file);
      written.add(file);
    }
    return new ExplainedFiles(written, skipped);
  }

  private static Explainer explainer(TrainedNetwork network) throws IOException {
    DataRecipe data = network.recipe().data();
    return new Explainer(
        network.recipe().network(),
        data.evaluationAugmentation(),
        data.imageSize(),
        data.imageSize(),
        network.weights());
  }

  private static String classOf(Path file, List<String> labels, Explanation explanation) {
    Path folder = file.toAbsolutePath().getParent();
    String name = folder.getFileName() == null ? "" : folder.getFileName().toString();
    return labels.contains(name) ? name : labels.get(explanation.predicted());
  }
}
