package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import dev.recal.tools.synthesis.SynthesisRecipes;
import java.io.IOException;
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

/** {@code recal synthesize train}: trains a generator on a folder of images. */
@Command(
    name = "train",
    description = {
      "Train a generator of images, and the discriminator it is trained against, on a folder of"
          + " images; or resume an interrupted run.",
      "Images of any size are resized to a square of --size pixels: stretched, or centre-cropped"
          + " with --set data.fit=crop. Grey images are converted to RGB, transparency is dropped, and"
          + " files that cannot be decoded are reported and skipped. With fewer images than a batch,"
          + " images are sampled with replacement."
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize train photos --size 128 --skip slim",
      "  recal synthesize train photos.zip --folder cats --size 256 --precision bfloat16",
      "  recal synthesize train photos --recipe fewshot-sle --steps 5000 --out runs/short",
      "  recal synthesize train --resume runs/photos"
    })
public final class SynthesizeTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "A folder of images, searched recursively; a zip archive; or one image.")
  private Path images;

  @Option(
      names = "--folder",
      paramLabel = "NAME",
      description = "Use only this folder of a zip archive.")
  private String folder = "";

  @Option(
      names = "--size",
      paramLabel = "N",
      description = "Height and width of the images: 32, 64, 128, 256, 512 or 1024 (256).")
  private Integer size;

  @Option(
      names = "--skip",
      paramLabel = "KIND",
      description =
          "Skip layers of the generator: none, sle or slim (default: the recipe's, otherwise"
              + " slim).")
  private SkipKind skip;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Width multiplier of both networks' channels (64).")
  private Integer width;

  @Option(names = "--steps", paramLabel = "N", description = "Number of training steps (50000).")
  private Long steps;

  @Option(names = "--batch", paramLabel = "N", description = "Batch size (8).")
  private Integer batch;

  @Option(
      names = "--precision",
      paramLabel = "FORMAT",
      description =
          "Precision of the convolutions: float32, bfloat16 or, on a GPU, float16 (float32).")
  private Precision precision;

  @Option(
      names = "--lpips",
      paramLabel = "MODEL",
      description =
          "SavedModel of LPIPS, as written by 'synthesize lpips', to compare reconstructions"
              + " (default: L1 and random features).")
  private Path lpips;

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description = "Synthesis recipe to start from: a file, or the name of one in recipes/.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting, for example training.learningRate=1e-4.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the run (default: runs/NAME).")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume this run from its newest checkpoint.")
  private Path resume;

  @Mixin private RunOptions options = new RunOptions();

  @Override
  public Integer call() throws IOException {
    if ((images == null) == (resume == null)) {
      throw new UsageException("synthesize train: expected either DIR or --resume RUN.");
    }
    return resume == null ? start() : resume();
  }

  private int start() throws IOException {
    Path source = images.toAbsolutePath().normalize();
    SynthesisRecipe chosen =
        SynthesisRecipes.read(recipe, source, settings())
            .withImages(new ImageCollection(source, folder))
            .at(Path.of(""));
    runs().start(chosen, out == null ? Runs.free(chosen.name()) : out);
    return 0;
  }

  private Runs runs() {
    return options.runs(spec.commandLine().getOut());
  }

  private List<String> settings() {
    List<String> settings = new ArrayList<>();
    add(settings, "network.size", size);
    add(settings, "network.skip", skip == null ? null : skip.name().toLowerCase(Locale.ROOT));
    add(settings, "network.width", width);
    add(settings, "training.steps", steps);
    add(settings, "training.batch", batch);
    add(
        settings,
        "training.precision",
        precision == null ? null : precision.name().toLowerCase(Locale.ROOT));
    if (lpips != null) {
      JsonObject distance = new JsonObject();
      distance.addProperty("type", "lpips");
      distance.addProperty("model", lpips.toAbsolutePath().normalize().toString());
      settings.add("training.distance=" + distance);
    }
    settings.addAll(overrides);
    return settings;
  }

  private static void add(List<String> settings, String key, Object value) {
    if (value != null) {
      settings.add(key + "=" + value);
    }
  }

  private int resume() throws IOException {
    if (!settings().isEmpty() || out != null || recipe != null || !folder.isEmpty()) {
      throw new UsageException(
          "--resume: a run resumes with its own settings; it cannot be combined with settings,"
              + " --recipe, --folder or --out.");
    }
    runs().resume(RunDirectory.open(resume, SynthesisRecipe.class).directory());
    return 0;
  }
}
