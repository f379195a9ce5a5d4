package dev.recal.tools.command;

import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.shards.RecordConversion.Summary;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal records}: converts an image folder to TFRecord shards. */
@Command(
    name = "records",
    description = {
      "Convert a folder of class folders, such as ImageNet, to sharded TFRecord files.",
      "An interrupted conversion resumes where it stopped."
    },
    footer = {
      "",
      "Examples:",
      "  recal records imagenet/train --out imagenet-train",
      "  recal train imagenet-srm --set data.training.directory=imagenet-train"
    })
public final class RecordsCommand implements Callable<Integer> {

  private static final int SHOWN = 5;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "IMAGES", description = "Folder with one folder per class.")
  private Path images;

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

  @Override
  public Integer call() throws IOException {
    Outputs.requireDirectory(target);
    RecordConversion conversion =
        new RecordConversion(images, target, shards, seed, threads, strict);
    long start = System.nanoTime();
    Summary summary = ConsoleLogs.isTerminal() ? withBar(conversion) : withLines(conversion);
    print(summary, (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private static Summary withBar(RecordConversion conversion) throws IOException {
    try (ProgressBar bar = ProgressBars.builder("records").setUnit(" images", 1).build()) {
      return conversion.run((done, all) -> bar.maxHint(all).stepTo(done));
    }
  }

  private Summary withLines(RecordConversion conversion) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    return conversion.run(
        new RecordConversion.Progress() {
          @Override
          public void checking(int all) {
            err.printf(Locale.ROOT, "Checking %,d images%n", all);
            err.flush();
          }

          @Override
          public void shardFinished(int done, int all) {
            err.printf(Locale.ROOT, "%,d of %,d images%n", done, all);
            err.flush();
          }
        });
  }

  private void print(Summary summary, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d images of %,d classes in %,d shards, %.1f MB, in %s (%.1f s)%n",
        summary.images(),
        summary.classes(),
        summary.shards(),
        summary.bytes() / 1e6,
        target,
        seconds);
    if (summary.found() > 0) {
      out.printf(Locale.ROOT, "%,d shards were already complete.%n", summary.found());
    }
    if (!summary.skipped().isEmpty()) {
      out.printf(Locale.ROOT, "%,d files skipped:%n", summary.skipped().size());
      for (SkippedItem item : summary.skipped().stream().limit(SHOWN).toList()) {
        out.println("  " + item);
      }
      if (summary.skipped().size() > SHOWN) {
        out.println("  … see " + target.resolve("records.json") + " for all");
      }
    }
    out.flush();
  }
}
