package dev.recal.tools.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.shards.DetectionConversion;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.shards.RecordConversion.Summary;
import dev.recal.graphs.data.source.CocoFolder;
import dev.recal.graphs.data.targets.ObjectTargets;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.ops.Counted;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal records}: converts images to TFRecord shards. */
@Command(
    name = "records",
    description = {
      "Convert images to sharded TFRecord files: a folder of class folders, such as ImageNet, or"
          + " images with objects, such as COCO.",
      "Images with objects are written in the form of the TensorFlow Object Detection API and"
          + " Model Garden, with boxes, masks and a label map (labels.pbtxt).",
      "An interrupted conversion resumes where it stopped."
    },
    footer = {
      "",
      "Examples:",
      "  recal records imagenet/train --out imagenet-train",
      "  recal train imagenet-srm --set data.training.directory=imagenet-train",
      "  recal records coco/val2017 --annotations coco/instances_val2017.json --empty-images"
          + " --out coco-val",
      "  recal records --source drawn-scenes --out scenes"
    })
public final class RecordsCommand implements Callable<Integer> {

  private static final int SHOWN = 5;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IMAGES",
      arity = "0..1",
      description = "Folder with one folder per class; with --annotations, of all images.")
  private Path images;

  @Option(
      names = "--annotations",
      paramLabel = "FILE",
      description = "COCO's annotations of the images: objects become records with boxes.")
  private Path annotations;

  @Option(
      names = "--source",
      paramLabel = "JSON",
      description =
          "Instead of IMAGES, a data source with objects as in recipes: a type, such as"
              + " drawn-scenes, or an object with a type.")
  private String source;

  @Option(
      names = "--empty-images",
      description =
          "With --annotations, keep images without objects, as in an evaluation; crowds do not"
              + " count.")
  private boolean emptyImages;

  @Option(
      names = "--no-masks",
      description = "With --annotations, leave masks out, and keep objects without one.")
  private boolean noMasks;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Output directory: a new one, or that of an interrupted conversion.")
  private Path target;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "Number of files (default: files of about 128 MiB).")
  private int shards;

  @Option(names = "--seed", paramLabel = "N", description = "Shuffle seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of shards written in parallel (default: the number of processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--strict",
      description = "Fail on images that cannot be used, instead of skipping them.")
  private boolean strict;

  /** Runs a conversion with a listener. */
  @FunctionalInterface
  private interface Conversion {
    Summary run(RecordConversion.Progress progress) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    requireOneInput();
    Outputs.requireDirectory(target);
    long start = System.nanoTime();
    boolean withObjects = annotations != null || source != null;
    Summary summary =
        withObjects
            ? withObjects()
            : converted(new RecordConversion(images, target, shards, seed, threads, strict)::run);
    print(summary, withObjects, (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private void requireOneInput() {
    if ((images == null) == (source == null)) {
      throw new UsageException(
          "IMAGES: expected either a folder or --source, but got "
              + (images == null ? "neither." : "both."));
    }
    if (annotations == null && (emptyImages || noMasks)) {
      throw new UsageException(
          (emptyImages ? "--empty-images" : "--no-masks")
              + ": expected --annotations with it, but got none.");
    }
    if (annotations != null && images == null) {
      throw new UsageException("--annotations: expected IMAGES with it, but got --source.");
    }
  }

  // Every image is decoded once, so that no shard holds one that cannot be decoded.
  private Summary withObjects() throws IOException {
    OpenSettings settings =
        OpenSettings.defaults().withStrict(strict).withValidation(Validation.DECODE);
    if (source != null) {
      try (DataSet data = source().open(settings)) {
        if (!(data.targets() instanceof ObjectTargets)) {
          throw new UsageException(
              "--source: expected images with objects, but got "
                  + data.targets().description()
                  + ".");
        }
        return converted(conversion(data, Map.of())::run);
      }
    }
    CocoFolder usual = new CocoFolder(images, annotations, emptyImages);
    CocoFolder coco = new CocoFolder(images, annotations, !noMasks, emptyImages, usual.minSide());
    // Decoded images would not be copied unchanged.
    try (DataSet data = coco.open(settings.withMemoryLimitBytes(0))) {
      return converted(conversion(data, coco.imageIds())::run);
    }
  }

  private DetectionConversion conversion(DataSet data, Map<String, Long> ids) {
    return new DetectionConversion(data, ids, target, shards, seed, threads);
  }

  private DataSource source() {
    try {
      JsonElement json =
          source.stripLeading().startsWith("{")
              ? JsonRecords.parse(source)
              : new JsonPrimitive(source);
      return DataSourceRegistry.addTo(JsonRecords.sealed())
          .read(json, DataSource.class)
          .at(Path.of(""));
    } catch (JsonException refused) {
      throw new UsageException("--source: " + refused.getMessage().replaceFirst("^JSON: ", ""));
    }
  }

  private Summary converted(Conversion conversion) throws IOException {
    return ConsoleLogs.isTerminal() ? withBar(conversion) : withLines(conversion);
  }

  private static Summary withBar(Conversion conversion) throws IOException {
    try (ProgressBar bar = ProgressBars.builder("records").setUnit(" images", 1).build()) {
      return conversion.run((done, all) -> bar.maxHint(all).stepTo(done));
    }
  }

  private Summary withLines(Conversion conversion) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    return conversion.run(
        new RecordConversion.Progress() {
          @Override
          public void checking(int all) {
            err.println("Checking " + Counted.of(all, "image"));
            err.flush();
          }

          @Override
          public void shardFinished(int done, int all) {
            err.printf(Locale.ROOT, "%,d of %,d images%n", done, all);
            err.flush();
          }
        });
  }

  private void print(Summary summary, boolean withObjects, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s %s %s in %s, %.1f MB, in %s (%.1f s)%n",
        Counted.of(summary.images(), "image"),
        withObjects ? "with objects of" : "of",
        Counted.of(summary.classes(), "class", "classes"),
        Counted.of(summary.shards(), "shard"),
        summary.bytes() / 1e6,
        target,
        seconds);
    if (summary.found() > 0) {
      out.printf(Locale.ROOT, "%,d shards were already complete.%n", summary.found());
    }
    if (!summary.skipped().isEmpty()) {
      out.println(Counted.of(summary.skipped().size(), "file") + " skipped:");
      for (SkippedItem item : summary.skipped().stream().limit(SHOWN).toList()) {
        out.println("  " + item);
      }
      if (summary.skipped().size() > SHOWN) {
        String plan = withObjects ? DetectionConversion.PLAN : "records.json";
        out.println("  … see " + target.resolve(plan) + " for all");
      }
    }
    out.flush();
  }
}
