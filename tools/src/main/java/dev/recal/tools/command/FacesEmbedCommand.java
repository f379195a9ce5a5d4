package dev.recal.tools.command;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.faces.Embedder;
import dev.recal.models.faces.Embedders;
import dev.recal.models.faces.ImageEmbeddings;
import dev.recal.models.faces.NpyFiles;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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

/** {@code recal faces embed}: writes the embeddings of images. */
@Command(
    name = "embed",
    description = {
      "Write the normalised embeddings of images: the sum of those of an image and its mirror image,"
          + " divided by its length.",
      "A file .npy has a row for each image, and a file of the same name with .txt the paths; a file"
          + " .csv has path and values in each line."
    },
    footer = {
      "",
      "Examples:",
      "  recal faces embed runs/faces aligned --out embeddings.npy",
      "  recal faces embed models/faces ann.jpg bo.jpg --out embeddings.csv --no-mirror"
    })
public final class FacesEmbedCommand implements Callable<Integer> {

  private static final String NPY = ".npy";
  private static final String CSV = ".csv";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGES",
      description = "Image files, or folders of them, searched recursively.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The embeddings, .npy or .csv.")
  private Path out;

  @Option(names = "--no-mirror", description = "Do not add the embedding of the mirror image.")
  private boolean noMirror;

  @Option(names = "--strict", description = "Fail on unusable images instead of skipping them.")
  private boolean strict;

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    String name = out.getFileName().toString();
    if (!name.endsWith(NPY) && !name.endsWith(CSV)) {
      throw new UsageException("--out: expected a file .npy or .csv, but got " + out + ".");
    }
    long limit = pixels.pixels();
    Path list =
        name.endsWith(NPY)
            ? out.resolveSibling(name.substring(0, name.length() - NPY.length()) + ".txt")
            : null;
    Outputs.requireAllWritable(force, out, list);
    List<ImageFiles.ImageFile> files = ImageFiles.find(images);
    List<float[]> rows = new ArrayList<>();
    List<Path> used = new ArrayList<>();
    List<Predictions.Skipped> skipped;
    try (Embedder opened = Embedders.open(model);
        CountedProgress progress = new CountedProgress("embed", files.size())) {
      skipped =
          new ImageEmbeddings(opened, !noMirror, limit, FacesVerifyCommand.BATCH)
              .of(
                  files,
                  strict,
                  (file, embedding) -> {
                    rows.add(ImageEmbeddings.normalised(embedding));
                    used.add(file.file());
                    progress.show(rows.size());
                  });
    }
    PrintWriter err = spec.commandLine().getErr();
    skipped.forEach(skip -> err.println("skipped " + skip.file() + ": " + skip.reason()));
    err.flush();
    if (rows.isEmpty()) {
      throw new FailureException("None of the files is an image that can be used.");
    }
    write(list, used, rows);
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT, "%,d embeddings of %d values in %s%n", rows.size(), rows.get(0).length, out);
    console.flush();
    return 0;
  }

  private void write(Path list, List<Path> used, List<float[]> rows) throws IOException {
    if (list == null) {
      AtomicFiles.write(out, csv(used, rows).getBytes(StandardCharsets.UTF_8));
      return;
    }
    String paths = String.join("\n", used.stream().map(Path::toString).toList()) + "\n";
    AtomicFiles.write(list, paths.getBytes(StandardCharsets.UTF_8));
    NpyFiles.write(out, rows);
  }

  private static String csv(List<Path> files, List<float[]> rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      String path = files.get(i).toString();
      boolean quoted = path.contains(",") || path.contains("\"");
      text.append(quoted ? '"' + path.replace("\"", "\"\"") + '"' : path);
      for (float value : rows.get(i)) {
        text.append(',').append(value);
      }
      text.append('\n');
    }
    return text.toString();
  }
}
