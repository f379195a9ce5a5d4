package dev.recal.models.pruning;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.pruning.Comparison;
import dev.recal.graphs.pruning.PrunableNetwork;
import dev.recal.graphs.pruning.PruningCurve;
import dev.recal.graphs.pruning.PruningReport;
import dev.recal.models.MeasuredModel;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What pruning a trained network found, as a file, so that it need not be measured again.
 *
 * @param source of what was measured: its path, its weights and its images
 * @param images the number of images
 * @param classes of the network
 * @param channels that have gates and could be pruned
 * @param comparison the channels with which a channel was compared
 * @param seeds of the rankings by chance
 * @param curves of equal shares: by gates, then by chance in the order of the seeds
 */
public record PrunedRun(
    Source source,
    long images,
    int classes,
    int channels,
    Comparison comparison,
    List<Long> seeds,
    List<PruningCurve> curves) {

  /**
   * What was measured.
   *
   * @param path of a run, a SavedModel or imported weights
   * @param weights the checkpoint
   * @param images the path of other images than the run's own
   */
  public record Source(String path, String weights, Optional<String> images) {}

  /** Rejects runs without a curve for each ranking. */
  public PrunedRun {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(comparison, "comparison");
    seeds = List.copyOf(seeds);
    curves = List.copyOf(curves);
    if (curves.size() != seeds.size() + 1) {
      throw new IllegalArgumentException(
          "curves: expected one by gates and one for each of "
              + seeds.size()
              + (" seeds, but got " + curves.size() + "."));
    }
  }

  /** Returns accuracy against the share that is pruned by gates. */
  public PruningCurve byGates() {
    return curves.get(0);
  }

  /** Returns the same by random rankings. */
  public List<PruningCurve> byChance() {
    return curves.subList(1, curves.size());
  }

  /**
   * Measures a network, unless its file has exactly that already.
   *
   * @param path of a run, a SavedModel or imported weights
   * @param images other images than the run's own; imported weights have none
   * @param strict whether unusable files are rejected instead of skipped
   * @param file gets what is found
   * @throws IOException if something cannot be read, or the file not written
   * @throws IllegalArgumentException if the network has no gates that can be pruned
   */
  public static PrunedRun measure(
      Path path,
      Optional<Path> images,
      boolean strict,
      PruningStudy study,
      Path file,
      PruningStudy.Listener listener)
      throws IOException {
    MeasuredModel model = MeasuredModel.open(path);
    Source source = source(path, model, images);
    Optional<PrunedRun> earlier = read(file).filter(run -> run.answers(source, study));
    if (earlier.isPresent()) {
      return earlier.get();
    }
    PruningReport report;
    try (DataSet data = model.images(images, strict);
        PrunableNetwork network =
            new PrunableNetwork(
                model.network(), data, model.input(), model.weights(), model.session())) {
      report = study.measure(network, listener);
    }
    List<PruningCurve> curves = new ArrayList<>(List.of(report.curve()));
    curves.addAll(report.controls());
    PrunedRun measured =
        new PrunedRun(
            source,
            report.images(),
            model.labels().size(),
            report.channels(),
            report.comparison(),
            study.seeds(),
            curves);
    measured.write(file);
    return measured;
  }

  private static Source source(Path path, MeasuredModel model, Optional<Path> images) {
    return new Source(absolute(path), model.weights().prefix(), images.map(PrunedRun::absolute));
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private boolean answers(Source wanted, PruningStudy study) {
    return source.equals(wanted)
        && comparison == study.comparison()
        && seeds.equals(study.seeds())
        && byGates().shares().equals(study.shares());
  }

  private static Optional<PrunedRun> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonElement json = JsonRecords.parse(TextFiles.read(file), file);
    return Optional.of(
        JsonRecords.ofFile(file, () -> JsonRecords.sealed().read(json, PrunedRun.class)));
  }

  private void write(Path file) throws IOException {
    String text =
        new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(JsonRecords.sealed().write(this))
            + "\n";
    Files.createDirectories(file.toAbsolutePath().getParent());
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
