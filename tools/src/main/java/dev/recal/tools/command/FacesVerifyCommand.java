package dev.recal.tools.command;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.faces.Embedder;
import dev.recal.models.faces.Embedders;
import dev.recal.models.faces.FacePairs;
import dev.recal.models.faces.ImageEmbeddings;
import dev.recal.models.faces.NpyFiles;
import dev.recal.models.faces.RocPlot;
import dev.recal.models.faces.ScoredPairs;
import dev.recal.models.faces.VerificationProtocol;
import dev.recal.models.faces.VerificationResult;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal faces verify}: verification of pairs. */
@Command(
    name = "verify",
    description = {
      "Verify pairs of faces by LFW's protocol: accuracy by cross-validation over the folds of a"
          + " pairs file, TAR at FAR, ROC curve.",
      "Images should be aligned. The embeddings of an image and its mirror image are added.",
      "With --embeddings, MODEL and IMAGES are left out."
    },
    footer = {
      "",
      "The pairs file has LFW's form, or lines 'first second 1' for one identity and '… 0'.",
      "",
      "Examples:",
      "  recal faces verify runs/faces lfw-aligned --pairs pairs.txt --out verification",
      "  recal faces verify --embeddings pairs.npy --pairs pairs.txt --far 1e-4,1e-3"
    })
public final class FacesVerifyCommand implements Callable<Integer> {

  static final int BATCH = 64;

  private static final String RESULT = "verification.json";
  private static final String CURVE = "roc.csv";
  private static final String PLOT = "roc.png";
  private static final String DISTANCES = "pairs.csv";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A run or SavedModel.")
  private Path model;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "IMAGES",
      description = "The folder of the pairs' images: NAME/NAME_0001.jpg and others.")
  private Path images;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      required = true,
      description = "The pairs, in the order of the folds.")
  private Path pairs;

  @Option(
      names = "--embeddings",
      paramLabel = "FILE",
      description = "Embeddings as a NumPy array (.npy) of two rows a pair, in place of a model.")
  private Path embeddings;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Number of folds (default: that of the pairs file, or 10).")
  private Integer folds;

  @Option(
      names = "--far",
      paramLabel = "X",
      split = ",",
      description = "False accept rates of TAR at FAR (1e-3).")
  private List<Double> fars = VerificationProtocol.defaults().fars();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Directory for " + RESULT + ", " + CURVE + ", " + PLOT + " and " + DISTANCES + "."
      })
  private Path out;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    requireInputs();
    if (folds != null) {
      Bounds.requireAtLeast("--folds", folds, 2);
    }
    new VerificationProtocol(VerificationProtocol.FOLDS, fars);
    long limit = pixels.pixels();
    Outputs.requireAbsent(out, force);
    FacePairs found = FacePairs.read(pairs);
    int number = found.folds() == 0 ? VerificationProtocol.FOLDS : found.folds();
    VerificationProtocol protocol = new VerificationProtocol(folds == null ? number : folds, fars);
    ScoredPairs scored =
        ScoredPairs.of(
            embeddings == null ? rows(found, limit) : NpyFiles.read(embeddings), found.same());
    VerificationResult result = protocol.evaluate(scored);
    String text = text(result);
    if (out != null) {
      write(found, scored, result);
    }
    PrintWriter console = spec.commandLine().getOut();
    console.print(text);
    if (out != null) {
      console.println("Curve: " + out.resolve(PLOT));
    }
    console.flush();
    return 0;
  }

  private void requireInputs() {
    if (embeddings != null && model != null) {
      throw new UsageException("MODEL: expected either a model or --embeddings, but got both.");
    }
    if (embeddings == null && images == null) {
      throw new UsageException(
          (model == null ? "MODEL" : "IMAGES")
              + ": expected MODEL and IMAGES, or --embeddings, but got neither.");
    }
  }

  // Two rows a pair; each image is read once.
  private double[][] rows(FacePairs found, long limit) throws IOException {
    List<Path> files = found.images(images);
    List<Path> distinct = List.copyOf(new LinkedHashSet<>(files));
    Map<Path, double[]> rows = new HashMap<>();
    try (Embedder opened = Embedders.open(model);
        CountedProgress progress = new CountedProgress("embed", distinct.size())) {
      ImageEmbeddings network = new ImageEmbeddings(opened, true, limit, BATCH);
      network.of(
          ImageEmbeddings.named(distinct),
          true,
          (file, embedding) -> {
            rows.put(file.file(), ImageEmbeddings.doubles(embedding));
            progress.show(rows.size());
          });
    }
    return files.stream().map(rows::get).toArray(double[][]::new);
  }

  private static String text(VerificationResult result) {
    StringWriter text = new StringWriter();
    PrintWriter lines = new PrintWriter(text);
    lines.printf(
        Locale.ROOT,
        "%,d pairs in %d folds: accuracy %.2f ± %.2f %%, mean threshold %.4f%n",
        result.pairs(),
        result.folds().size(),
        100 * result.accuracy(),
        100 * result.deviation(),
        result.threshold());
    lines.printf(
        Locale.ROOT,
        "area under the ROC curve %.5f, equal error rate %.2f %%%n",
        result.roc().area(),
        100 * result.roc().equalErrorRate());
    if (!result.rates().isEmpty()) {
      Table table = Table.of(">FAR", ">TAR", ">±", ">FAR of the folds");
      for (VerificationResult.Rate rate : result.rates()) {
        table.row(
            String.format(Locale.ROOT, "%.3g", rate.far()),
            String.format(Locale.ROOT, "%.2f %%", 100 * rate.tar()),
            String.format(Locale.ROOT, "%.2f", 100 * rate.deviation()),
            String.format(Locale.ROOT, "%.3g", rate.achieved()));
      }
      table.print(lines);
    }
    lines.flush();
    return text.toString();
  }

  private void write(FacePairs found, ScoredPairs scored, VerificationResult result)
      throws IOException {
    StringWriter json = new StringWriter();
    PrintWriter lines = new PrintWriter(json);
    Json.print(lines, result.toJson());
    lines.flush();
    AtomicFiles.write(out.resolve(RESULT), json.toString().getBytes(StandardCharsets.UTF_8));
    result.roc().writeCsv(out.resolve(CURVE));
    StringBuilder rows = new StringBuilder("first,second,same,distance\n");
    for (int i = 0; i < scored.count(); i++) {
      FacePairs.Pair pair = found.pairs().get(i);
      rows.append(String.join(",", pair.first(), pair.second(), pair.same() ? "1" : "0"))
          .append(',')
          .append(scored.distances()[i])
          .append('\n');
    }
    AtomicFiles.write(out.resolve(DISTANCES), rows.toString().getBytes(StandardCharsets.UTF_8));
    String title = (model == null ? embeddings : model).getFileName() + ", " + pairs.getFileName();
    RocPlot.draw(result.roc(), title, out.resolve(PLOT));
  }
}
