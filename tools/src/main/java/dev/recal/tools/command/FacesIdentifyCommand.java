package dev.recal.tools.command;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.faces.Embedder;
import dev.recal.models.faces.Embedders;
import dev.recal.models.faces.EmbeddingStore;
import dev.recal.models.faces.FaceProbes;
import dev.recal.models.faces.IdentificationProtocol;
import dev.recal.models.faces.IdentificationResult;
import dev.recal.models.faces.ImageEmbeddings;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal faces identify}: identification among distractors. */
@Command(
    name = "identify",
    description = {
      "Search each probe by each other image of its identity among distractors, as in MegaFace: the"
          + " share of mates among the k nearest, and TAR at FAR.",
      "Images should be aligned. The embeddings of an image and its mirror image are added. With"
          + " --cache, an interrupted command continues, and another one reuses the embeddings."
    },
    footer = {
      "",
      "Example:",
      "  recal faces identify runs/faces --probes facescrub --distractors megaface --cache embeddings"
    })
public final class FacesIdentifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--probes",
      paramLabel = "DIR",
      required = true,
      description = "A folder with one folder of images for each identity.")
  private Path probes;

  @Option(
      names = "--distractors",
      paramLabel = "DIR",
      required = true,
      description = "Images of other people, searched recursively.")
  private Path distractors;

  @Option(
      names = "--ranks",
      paramLabel = "K",
      description = "Ranks of the cumulative match characteristic (${DEFAULT-VALUE}).")
  private int ranks = IdentificationProtocol.defaults().ranks();

  @Option(
      names = "--far",
      paramLabel = "X",
      split = ",",
      description = "False accept rates of TAR at FAR (1e-6).")
  private List<Double> fars = IdentificationProtocol.defaults().fars();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Directory of the distractors' embeddings (default: they are not kept).")
  private Path cache;

  @Option(names = "--out", paramLabel = "FILE", description = "The result as JSON.")
  private Path out;

  @Option(names = "--force", description = "Overwrite an existing file.")
  private boolean force;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--ranks", ranks, 1, 10_000);
    IdentificationProtocol protocol = new IdentificationProtocol(ranks, fars);
    long limit = pixels.pixels();
    Outputs.requireAllWritable(force, out);
    Outputs.requireDirectory(cache);
    List<ImageFiles.ImageFile> probeFiles = ImageFiles.find(List.of(probes));
    int count = ImageFiles.find(List.of(distractors)).size();
    IdentificationResult result;
    try (Embedder opened = Embedders.open(model)) {
      ImageEmbeddings network = new ImageEmbeddings(opened, true, limit, FacesVerifyCommand.BATCH);
      FaceProbes searched = probes(network, probeFiles);
      result = evaluate(protocol, network, searched, count);
    }
    print(result);
    return 0;
  }

  private FaceProbes probes(ImageEmbeddings network, List<ImageFiles.ImageFile> files)
      throws IOException {
    List<float[]> embeddings = new ArrayList<>();
    List<String> identities = new ArrayList<>();
    List<Predictions.Skipped> skipped;
    try (CountedProgress progress = new CountedProgress("probes", files.size())) {
      skipped =
          network.of(
              files,
              false,
              (file, embedding) -> {
                embeddings.add(embedding);
                identities.add(identity(file.file()));
                progress.show(embeddings.size());
              });
    }
    PrintWriter err = spec.commandLine().getErr();
    skipped.forEach(skip -> err.println("skipped " + skip.file() + ": " + skip.reason()));
    FaceProbes found = FaceProbes.of(embeddings, identities);
    if (!found.alone().isEmpty()) {
      err.printf(
          Locale.ROOT,
          "%,d identities with a single image left out, such as %s%n",
          found.alone().size(),
          found.alone().get(0));
    }
    err.flush();
    return found;
  }

  private String identity(Path file) {
    Path inside = probes.relativize(file);
    if (inside.getNameCount() < 2) {
      throw new FailureException(
          "Folder "
              + probes
              + ": expected a folder for each identity, but got the file "
              + inside
              + ".");
    }
    return inside.getName(0).toString();
  }

  private IdentificationResult evaluate(
      IdentificationProtocol protocol, ImageEmbeddings network, FaceProbes searched, int count)
      throws IOException {
    if (cache != null) {
      return evaluate(protocol, network, searched, count, cache);
    }
    Path temporary = Files.createTempDirectory("recal-embeddings");
    try {
      return evaluate(protocol, network, searched, count, temporary);
    } finally {
      for (ImageFiles.ImageFile file : filesIn(temporary)) {
        Files.deleteIfExists(file.file());
      }
      Files.deleteIfExists(temporary);
    }
  }

  private static List<ImageFiles.ImageFile> filesIn(Path directory) {
    try {
      return ImageFiles.find(List.of(directory));
    } catch (IOException empty) {
      return List.of();
    }
  }

  private IdentificationResult evaluate(
      IdentificationProtocol protocol,
      ImageEmbeddings network,
      FaceProbes searched,
      int count,
      Path directory)
      throws IOException {
    EmbeddingStore store;
    try (CountedProgress progress = new CountedProgress("distractors", count)) {
      store = EmbeddingStore.fill(network, distractors, directory, progress::show);
    }
    PrintWriter err = spec.commandLine().getErr();
    int unusable = store.unusable().size();
    if (unusable > 0) {
      err.printf(Locale.ROOT, "%,d of %,d distractors cannot be used%n", unusable, count);
      err.flush();
    }
    try (CountedProgress progress = new CountedProgress("search", count - unusable)) {
      return store.read(rows -> protocol.evaluate(searched, rows, progress::show));
    }
  }

  private void print(IdentificationResult result) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "%,d pairs of %,d images of %,d identities, %,d distractors%n",
        result.pairs(),
        result.probes(),
        result.identities(),
        result.distractors());
    console.printf(
        Locale.ROOT,
        "rank 1 %.2f %%, rank %d %.2f %%%n",
        100 * result.rankOne(),
        ranks,
        100 * result.cumulative().get(ranks - 1));
    Table table = Table.of(">FAR", ">TAR", ">false accepts");
    for (IdentificationResult.Rate rate : result.rates()) {
      table.row(
          String.format(Locale.ROOT, "%.3g", rate.far()),
          String.format(Locale.ROOT, "%.2f %%", 100 * rate.tar()),
          String.format(Locale.ROOT, "%,d", rate.allowed()));
    }
    table.print(console);
    if (result.rates().stream().anyMatch(rate -> rate.allowed() == 0)) {
      console.println("With 0 false accepts there are too few distractors for the rate.");
    }
    console.flush();
    if (out != null) {
      StringWriter json = new StringWriter();
      PrintWriter lines = new PrintWriter(json);
      Json.print(lines, result.toJson());
      lines.flush();
      AtomicFiles.write(out, json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
