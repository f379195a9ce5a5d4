package dev.recal.tools.command;

import dev.recal.graphs.explain.Explainer;
import dev.recal.graphs.explain.Explanation;
import dev.recal.graphs.explain.ExplanationPictures;
import dev.recal.graphs.explain.GateHistograms;
import dev.recal.graphs.recipe.DataRecipe;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.predict.ImageFiles;
import dev.recal.tools.run.TrainedNetwork;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal explain}: Grad-CAM and pictures of a network's modules. */
@Command(
    name = "explain",
    description = {
      "Visualise the inside of a network for some images: Grad-CAM, DRConv regions, SLIM masks, AN"
          + " mixture weights, and histograms of all gates by class."
    })
public final class ExplainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel exported from one.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description =
          "Image files or folders; a file in a folder named after a class is counted for that"
              + " class.")
  private List<Path> images = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", description = "Output directory (${DEFAULT-VALUE}).")
  private Path out = Path.of("explain");

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "Class for Grad-CAM (default: the predicted class).")
  private String className;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      description =
          "Number of images to draw pictures of (${DEFAULT-VALUE}); the histograms use all images.")
  private int pictures = 12;

  @Override
  public Integer call() throws IOException {
    TrainedNetwork trained = TrainedNetwork.open(model);
    OptionalInt wanted = wanted(trained.labels());
    List<ImageFiles.Found> files = ImageFiles.find(images);
    DataRecipe data = trained.recipe().data();
    GateHistograms gates = new GateHistograms();
    ExplanationPictures drawing = new ExplanationPictures(trained.labels());
    List<Path> written = new ArrayList<>();
    List<Path> refused = new ArrayList<>();
    try (Explainer explainer =
        new Explainer(
            trained.recipe().network(),
            data.evaluationAugmentation(),
            data.imageSize(),
            data.imageSize(),
            trained.weights())) {
      Set<String> names = new HashSet<>();
      int shown = 0;
      for (ImageFiles.Found found : files) {
        Explanation explanation;
        try {
          explanation = explainer.explain(Files.readAllBytes(found.file()), wanted);
        } catch (IllegalArgumentException undecodable) {
          refused.add(found.file());
          continue;
        }
        gates.add(classOf(found.file(), trained.labels(), explanation), explanation.inner());
        if (shown++ < pictures) {
          written.addAll(drawing.write(explanation, out, free(names, found.file())));
        }
      }
    }
    if (!gates.isEmpty()) {
      Path file = out.resolve("gates.png");
      gates.draw(file);
      written.add(file);
    }
    return report(files.size(), written, refused);
  }

  private OptionalInt wanted(List<String> labels) {
    if (className == null) {
      return OptionalInt.empty();
    }
    int index = labels.indexOf(className);
    if (index < 0) {
      throw UsageException.unknown("--class", className, labels);
    }
    return OptionalInt.of(index);
  }

  private static String classOf(Path file, List<String> labels, Explanation explanation) {
    Path folder = file.toAbsolutePath().getParent();
    String name = folder.getFileName() == null ? "" : folder.getFileName().toString();
    return labels.contains(name) ? name : labels.get(explanation.predicted());
  }

  // Files in different folders may have equal names.
  private static String free(Set<String> names, Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    String candidate = name;
    for (int number = 2; !names.add(candidate); number++) {
      candidate = name + "-" + number;
    }
    return candidate;
  }

  private int report(int all, List<Path> written, List<Path> refused) {
    PrintWriter console = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    refused.forEach(file -> err.println("recal: skipped " + file + ": it is not an image."));
    err.flush();
    if (refused.size() == all) {
      throw new FailureException("None of the files is an image that can be decoded.");
    }
    console.printf(Locale.ROOT, "%,d images explained:%n", all - refused.size());
    written.forEach(file -> console.println("  " + file));
    console.flush();
    return 0;
  }
}
