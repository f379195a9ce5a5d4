package dev.recal.models.faces;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.VerificationImages;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ItemReader;
import dev.recal.graphs.task.Evaluation;
import dev.recal.graphs.task.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Verification of a run's embeddings on the images that its recipe names for that. */
public final class RunVerification {

  private static final int BATCH = 64;
  private static final int CHANNELS = 3;

  private RunVerification() {}

  /**
   * Measures a checkpoint by {@link VerificationProtocol}, with the embeddings of images and their
   * mirror images added.
   *
   * @param run of any task
   * @param checkpoint one of the run's
   * @param strict whether unusable images are rejected instead of skipped
   * @return empty if the recipe has no {@code data.verification}
   * @throws IOException if images cannot be read, or a pair has an image that is not there
   */
  public static Optional<VerificationResult> of(
      RunDirectory<?> run, Path checkpoint, boolean strict) throws IOException {
    if (!(run.recipe() instanceof ClassificationRecipe recipe)
        || recipe.data().verification().isEmpty()) {
      return Optional.empty();
    }
    VerificationImages verification = recipe.data().verification().get();
    OpenSettings settings =
        OpenSettings.defaults()
            .withStrict(strict)
            .withMemoryLimitBytes(recipe.data().memoryLimitBytes());
    RunDirectory<ClassificationRecipe> classifier =
        RunDirectory.open(run.directory(), ClassificationRecipe.class);
    try (DataSet images = verification.images().open(settings);
        Embedder embedder = Embedders.ofRun(classifier, Optional.of(checkpoint))) {
      List<DrawnPairs.Pair> pairs = pairs(verification, images);
      int folds =
          verification.pairs().isEmpty()
              ? verification.folds()
              : folds(FacePairs.read(verification.pairs().get()));
      VerificationProtocol protocol = new VerificationProtocol(folds, List.of());
      return Optional.of(protocol.evaluate(scored(pairs, images, embedder)));
    }
  }

  /**
   * Adds the verification to an evaluation of the same checkpoint.
   *
   * @return the same evaluation if the recipe has no {@code data.verification}
   * @throws IOException if images cannot be read
   */
  public static Evaluation addTo(Evaluation evaluation, RunDirectory<?> run, boolean strict)
      throws IOException {
    Optional<VerificationResult> found = of(run, evaluation.checkpoint(), strict);
    if (found.isEmpty()) {
      return evaluation;
    }
    Map<String, Number> metrics = new LinkedHashMap<>(evaluation.metrics());
    metrics.put("verification", found.get().accuracy());
    metrics.put("verificationDeviation", found.get().deviation());
    metrics.put("areaUnderRoc", found.get().roc().area());
    List<String> text = new ArrayList<>(evaluation.text());
    text.add(text(found.get()));
    return new Evaluation(
        evaluation.checkpoint(), metrics, text, evaluation.skipped(), evaluation.details());
  }

  /** Returns a line for people. */
  public static String text(VerificationResult result) {
    return String.format(
        Locale.ROOT,
        "Verification of %,d pairs: accuracy %.2f %% ± %.2f, area under the ROC curve %.4f",
        result.pairs(),
        100 * result.accuracy(),
        100 * result.deviation(),
        result.roc().area());
  }

  private static int folds(FacePairs pairs) {
    return pairs.folds() == 0 ? VerificationProtocol.FOLDS : pairs.folds();
  }

  private static List<DrawnPairs.Pair> pairs(VerificationImages verification, DataSet images)
      throws IOException {
    if (verification.pairs().isEmpty()) {
      return DrawnPairs.of(images.labels(), verification.folds(), verification.perFold(), 0)
          .pairs();
    }
    Map<String, Integer> indices = new HashMap<>();
    for (int i = 0; i < images.count(); i++) {
      String name = images.itemName(i);
      indices.put(name, i);
      indices.put(name.replaceFirst("\\.[^./]*$", ""), i);
    }
    FacePairs read = FacePairs.read(verification.pairs().get());
    List<DrawnPairs.Pair> pairs = new ArrayList<>();
    for (FacePairs.Pair pair : read.pairs()) {
      int first = index(indices, pair.first(), pair.line(), read.file(), images);
      int second = index(indices, pair.second(), pair.line(), read.file(), images);
      pairs.add(new DrawnPairs.Pair(first, second, pair.same()));
    }
    return pairs;
  }

  private static int index(
      Map<String, Integer> indices, String name, int line, Path file, DataSet images)
      throws IOException {
    Integer index = indices.get(name);
    if (index == null) {
      throw new IOException(
          "File " + file + ", line " + line + ": " + images.name() + " has no image " + name + ".");
    }
    return index;
  }

  private static ScoredPairs scored(List<DrawnPairs.Pair> pairs, DataSet images, Embedder embedder)
      throws IOException {
    TreeMap<Integer, double[]> embeddings = new TreeMap<>();
    pairs.forEach(
        pair -> {
          embeddings.put(pair.first(), new double[0]);
          embeddings.put(pair.second(), new double[0]);
        });
    List<Integer> wanted = List.copyOf(embeddings.keySet());
    try (ItemReader reader = new ItemReader(images.images(), embedder.imageSize())) {
      for (int from = 0; from < wanted.size(); from += BATCH) {
        List<Integer> part = wanted.subList(from, Math.min(wanted.size(), from + BATCH));
        List<DecodedImage> decoded = new ArrayList<>();
        for (int index : part) {
          decoded.add(image(reader.read(images.itemOf(index)), embedder.imageSize()));
        }
        float[][] sums = ImageEmbeddings.withMirrored(embedder, decoded);
        for (int i = 0; i < part.size(); i++) {
          embeddings.put(part.get(i), ImageEmbeddings.doubles(sums[i]));
        }
      }
    }
    double[][] rows = new double[2 * pairs.size()][];
    for (int i = 0; i < pairs.size(); i++) {
      rows[2 * i] = embeddings.get(pairs.get(i).first());
      rows[2 * i + 1] = embeddings.get(pairs.get(i).second());
    }
    return ScoredPairs.of(rows, pairs.stream().map(DrawnPairs.Pair::same).toList());
  }

  private static DecodedImage image(int[] pixels, int size) {
    byte[] values = new byte[CHANNELS * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      values[3 * i] = (byte) (pixels[i] >> 16);
      values[3 * i + 1] = (byte) (pixels[i] >> 8);
      values[3 * i + 2] = (byte) pixels[i];
    }
    return new DecodedImage(size, size, CHANNELS, values);
  }
}
