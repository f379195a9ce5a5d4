package dev.recal.tools.command;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.synthesis.loss.Lpips;
import dev.recal.graphs.synthesis.loss.PerceptualDistance;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.synthesis.metrics.DataSetStream;
import dev.recal.graphs.synthesis.metrics.EvaluationSettings;
import dev.recal.graphs.synthesis.metrics.FeatureSource;
import dev.recal.graphs.synthesis.metrics.GraphPairDistance;
import dev.recal.graphs.synthesis.metrics.MeasuredImages;
import dev.recal.graphs.synthesis.metrics.NeighbourSheet;
import dev.recal.graphs.synthesis.metrics.PairDistance;
import dev.recal.graphs.synthesis.metrics.PrecisionRecall;
import dev.recal.graphs.synthesis.metrics.SampleStream;
import dev.recal.graphs.synthesis.metrics.SynthesisCurves;
import dev.recal.graphs.synthesis.metrics.SynthesisEvaluation;
import dev.recal.graphs.synthesis.metrics.SynthesisHistory;
import dev.recal.graphs.synthesis.metrics.SynthesisReport;
import dev.recal.graphs.synthesis.training.Fit;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.features.LpipsModel;
import dev.recal.models.synthesis.CheckpointGenerators;
import dev.recal.models.synthesis.ImageGenerator;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Json;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import dev.recal.tools.synthesis.EvaluationText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize evaluate}: metrics of a generator's images. */
@Command(
    name = "evaluate",
    description = {
      "Compare generated images with real ones: Fréchet and kernel distance, precision and recall,"
          + " diversity, and the distance to the nearest training images.",
      "With Inception-v3 as --features, the distances are FID and KID. Without it, the features are"
          + " those of a small embedded network, and only useful to compare runs with each other.",
      "Compare only metrics of the same features, sizes and counts."
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize evaluate runs/photos photos --count 1000 --nearest near.png",
      "  recal synthesize evaluate models/photos photos --features inception --output pool",
      "  recal synthesize evaluate runs/photos photos --all-checkpoints --count 500"
    })
public final class SynthesizeEvaluateCommand implements Callable<Integer> {

  private static final String HISTORY = "evaluation.jsonl";
  private static final int SHEET_ROWS = 10;
  private static final int MIN = 2;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel.")
  private Path model;

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "The training images: a folder, searched recursively, or a zip archive.")
  private Path images;

  @Option(
      names = "--folder",
      paramLabel = "NAME",
      description = "Use only this folder of a zip archive.")
  private String folder = "";

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Number of images to generate (${DEFAULT-VALUE}).")
  private int count = 5000;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--fit",
      paramLabel = "FIT",
      description =
          "How to make real images square: stretch or crop (default: as in the run's training,"
              + " otherwise stretch).")
  private Fit fit;

  @Option(
      names = "--lpips",
      paramLabel = "MODEL",
      description =
          "SavedModel of LPIPS for the diversity (default: a distance of random features).")
  private Path lpips;

  @Option(
      names = "--k",
      paramLabel = "K",
      description = "Number of neighbours for precision and recall (${DEFAULT-VALUE}).")
  private int k = PrecisionRecall.defaults().neighbours();

  @Option(
      names = "--nearest",
      paramLabel = "PNG",
      description = "Write the samples nearest to real images, next to those, to this PNG file.")
  private Path sheet;

  @Option(
      names = "--all-checkpoints",
      description = {
        "Evaluate every checkpoint of a run, with one line each in evaluation.jsonl and curves in"
            + " evaluation.png in its directory."
      })
  private boolean all;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--force", description = "Overwrite an existing picture.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    check();
    try (FeatureSource source = features.open()) {
      if (all) {
        evaluateAll(source);
      } else {
        try (ImageGenerator generator = ImageGenerator.open(model)) {
          evaluateOne(source, generator);
        }
      }
    }
    return 0;
  }

  private void check() throws IOException {
    Bounds.requireAtLeast("--count", count, MIN);
    Bounds.requireAtLeast("--k", k, 1);
    if (all && !RunDirectory.isAt(model, SynthesisRecipe.class)) {
      throw new UsageException("--all-checkpoints: " + model + " is not the directory of a run.");
    }
    if (all && sheet != null) {
      throw new UsageException("--nearest: cannot be combined with --all-checkpoints.");
    }
    if (sheet != null) {
      Outputs.requireWritable(sheet, force);
    }
    if (all) {
      Outputs.requireWritable(model.resolve(HISTORY), true);
    }
  }

  // Metrics reject too few images late; this check fails before any image is generated.
  private MeasuredImages checked(MeasuredImages reals) {
    int fewer = Math.min(count, reals.count());
    if (fewer <= k) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "--k: expected fewer than the %d %s images, but got %d.",
              fewer,
              fewer == count ? "generated" : "real",
              k));
    }
    return reals;
  }

  private void evaluateOne(FeatureSource source, ImageGenerator generator) throws IOException {
    try (PairDistance distance = distance(generator.size())) {
      SynthesisEvaluation evaluation = evaluation(source, distance);
      MeasuredImages reals = reals(evaluation, generator.size());
      MeasuredImages samples = samples(evaluation, generator, model.toString());
      SynthesisReport report = evaluation.compare(reals, samples);
      if (sheet != null) {
        NeighbourSheet.draw(reals, samples, report.nearest(), SHEET_ROWS, sheet);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        Json.print(out, report.toJson());
      } else {
        EvaluationText.print(out, report);
      }
      out.flush();
    }
  }

  // The real images are measured once.
  private void evaluateAll(FeatureSource source) throws IOException {
    CheckpointGenerators generators = new CheckpointGenerators(model);
    if (generators.checkpoints().isEmpty()) {
      throw new UsageException("MODEL: " + model + " has no checkpoint.");
    }
    SynthesisHistory history = new SynthesisHistory(model.resolve(HISTORY));
    int size =
        RunDirectory.open(model, SynthesisRecipe.class).recipe().network().generator().size();
    PrintWriter out = spec.commandLine().getOut();
    try (PairDistance distance = distance(size)) {
      SynthesisEvaluation evaluation = evaluation(source, distance);
      MeasuredImages reals = reals(evaluation, size);
      for (Map.Entry<Long, Path> checkpoint : generators.checkpoints().entrySet()) {
        try (ImageGenerator generator = generators.open(checkpoint.getKey())) {
          String name = checkpoint.getValue().toString();
          SynthesisReport report = evaluation.compare(reals, samples(evaluation, generator, name));
          history.add(checkpoint.getKey(), report);
          EvaluationText.printLine(out, checkpoint.getKey(), report);
          out.flush();
        }
      }
    }
    Path curves = model.resolve("evaluation.png");
    SynthesisCurves.draw(Map.of(model.toString(), history.points()), curves);
    out.println("Metrics are in " + history.file() + ", the curves in " + curves + ".");
    out.flush();
  }

  private SynthesisEvaluation evaluation(FeatureSource source, PairDistance distance) {
    EvaluationSettings settings = EvaluationSettings.of(seed).withNeighbours(k);
    return new SynthesisEvaluation(settings, source, Optional.of(distance));
  }

  private PairDistance distance(int size) throws IOException {
    PerceptualDistance chosen = lpips == null ? RandomFeatures.defaults() : new Lpips(lpips);
    // The distance's own graph has a copy of the network.
    try (ImageDistance opened = chosen.open(LpipsModel.networks())) {
      return new GraphPairDistance(opened.description(), size, opened::between);
    }
  }

  private MeasuredImages reals(SynthesisEvaluation evaluation, int size) throws IOException {
    OpenSettings settings = OpenSettings.defaults().withValidation(Validation.DECODE);
    try (DataSet data = new ImageCollection(images, folder).open(settings)) {
      PrintWriter err = spec.commandLine().getErr();
      Runs.describeSkipped(err, data.skipped());
      err.flush();
      if (data.count() < MIN) {
        throw new FailureException(
            String.format(
                Locale.ROOT,
                "DIR: expected at least %d images, but got %d from %s.",
                MIN,
                data.count(),
                images));
      }
      return checked(evaluation.measure(new DataSetStream(data, size, fit() == Fit.CROP)));
    }
  }

  private Fit fit() throws IOException {
    if (fit != null) {
      return fit;
    }
    return RunDirectory.isAt(model, SynthesisRecipe.class)
        ? RunDirectory.open(model, SynthesisRecipe.class).recipe().data().fit()
        : Fit.STRETCH;
  }

  private MeasuredImages samples(
      SynthesisEvaluation evaluation, ImageGenerator generator, String name) throws IOException {
    int size = generator.size();
    try (ProgressBar bar = ConsoleLogs.isTerminal() ? bar() : null) {
      return evaluation.measure(
          new SampleStream(
              String.format(Locale.ROOT, "%s, seed %d", name, seed),
              generator::generate,
              generator.latent(),
              size,
              ImageGenerator.batch(size),
              Latents.draw(seed, count, generator.latent()),
              made -> {
                if (bar != null) {
                  bar.stepTo(made);
                }
              }));
    }
  }

  private ProgressBar bar() {
    return ProgressBars.builder("samples").setInitialMax(count).build();
  }
}
