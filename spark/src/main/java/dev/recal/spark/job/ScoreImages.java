package dev.recal.spark.job;

import dev.recal.savedmodels.PredictorSettings;
import dev.recal.spark.ScoringSettings;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/**
 * The job for {@code spark-submit}: {@code spark-submit --class dev.recal.spark.job.ScoreImages JAR
 * OPTIONS}. The exit code is 0 also if some images are unusable, 1 after a failure, and 2 after a
 * usage error.
 */
public final class ScoreImages {

  private static final int USAGE_ERROR = 2;
  private static final long MEGAPIXEL = 1_000_000;
  // More does not fit one array of bytes with three channels.
  private static final int MAX_MEGAPIXELS = 700;

  private static final String USAGE =
      """
      Usage: spark-submit --class dev.recal.spark.job.ScoreImages JAR
                --model MODEL_DIR (--images DIR|GLOB | --table PARQUET) --out DIR [OPTION…]

        --model MODEL_DIR       A SavedModel or a directory of versions: a path of the driver's
                                machine, or a URI. The executors get a copy.
        --images DIR|GLOB       Image files, in a directory at any depth or by a pattern.
        --table PARQUET         A table of image files.
        --path-column NAME      With --table: names the images, each once (path).
        --bytes-column NAME     With --table: the bytes of the image files (content).
        --out DIR               Results: Parquet files.
        --errors DIR            Unusable images and their reasons: Parquet files (OUT-errors).
        --resume                Skip the images that are in --out or --errors.
        --chunk N               Images that are written together (20000).
        --signature KEY         Write the outputs of a signature that takes image files, instead of
                                classes.
        --top-k K               Classes for each image (5).
        --batch N               Images in a call of the model (32).
        --threads N             Threads of TensorFlow in an executor (spark.executor.cores).
        --max-pixels MP         Maximum size of an image in megapixels (60).
        --help                  Print this.
      """;

  private static final Set<String> OPTIONS =
      Set.of(
          "--model",
          "--images",
          "--table",
          "--path-column",
          "--bytes-column",
          "--out",
          "--errors",
          "--chunk",
          "--signature",
          "--top-k",
          "--batch",
          "--threads",
          "--max-pixels");

  private static final Set<String> FLAGS = Set.of("--resume", "--help");

  private ScoreImages() {}

  /** Runs the job in a new or the present application of Spark. */
  public static void main(String[] arguments) {
    int code = run(List.of(arguments));
    // Otherwise a cluster would take the application for a failed one.
    if (code != 0) {
      System.exit(code);
    }
  }

  private static int run(List<String> arguments) {
    Optional<ScoringJob> job;
    try {
      job = parse(arguments);
    } catch (IllegalArgumentException usage) {
      System.err.println("recal: " + withOption(usage.getMessage()) + " See --help.");
      return USAGE_ERROR;
    }
    if (job.isEmpty()) {
      System.out.print(USAGE);
      return 0;
    }
    try (SparkSession spark =
        SparkSession.builder().appName("Recal: " + job.get().scoring().model()).getOrCreate()) {
      ScoringJob.Result result = job.get().run(spark, line -> System.err.println("recal: " + line));
      System.out.print(summary(job.get(), result));
      return 0;
    } catch (IOException | IllegalArgumentException failure) {
      System.err.println("recal: " + withOption(failure.getMessage()));
      return 1;
    }
  }

  /**
   * Reads the options.
   *
   * @return empty for help
   * @throws IllegalArgumentException if they are wrong
   */
  static Optional<ScoringJob> parse(List<String> arguments) {
    CommandLine line = new CommandLine(arguments, OPTIONS, FLAGS);
    if (line.has("--help")) {
      return Optional.empty();
    }
    int pixels = line.number("--max-pixels", 1, (int) (PredictorSettings.PIXELS / MEGAPIXEL));
    if (pixels > MAX_MEGAPIXELS) {
      throw new IllegalArgumentException(
          "--max-pixels: expected at most " + MAX_MEGAPIXELS + ", but got " + pixels + ".");
    }
    ScoringSettings defaults = ScoringSettings.of(required(line, "--model"));
    ScoringSettings scoring =
        defaults
            .withSignature(line.value("--signature").orElse(defaults.signature()))
            .withTopK(line.number("--top-k", 1, defaults.topK()))
            .withBatch(line.number("--batch", 1, defaults.batch()))
            .withThreads(line.number("--threads", 0, defaults.threads()))
            .withPixels(pixels * MEGAPIXEL);
    String out = required(line, "--out");
    String errors = line.value("--errors").orElse(out.replaceFirst("/+$", "") + "-errors");
    return Optional.of(
        new ScoringJob(
            scoring,
            source(line),
            out,
            errors,
            line.number("--chunk", 1, ScoringJob.CHUNK),
            line.has("--resume")));
  }

  private static ImageSource source(CommandLine line) {
    Optional<String> images = line.value("--images");
    Optional<String> table = line.value("--table");
    if (images.isPresent() == table.isPresent()) {
      throw new IllegalArgumentException(
          "--images: expected either --images or --table, but got "
              + (images.isPresent() ? "both." : "none of them."));
    }
    if (images.isPresent()) {
      for (String column : List.of("--path-column", "--bytes-column")) {
        if (line.has(column)) {
          throw new IllegalArgumentException(column + ": expected --table, but got --images.");
        }
      }
      return new ImageFolder(images.get());
    }
    return new ImageTable(
        table.orElseThrow(),
        line.value("--path-column").orElse(ImageSource.PATH),
        line.value("--bytes-column").orElse(ImageSource.CONTENT));
  }

  private static String required(CommandLine line, String option) {
    return line.value(option)
        .orElseThrow(
            () -> new IllegalArgumentException(option + ": expected a value, but got none."));
  }

  // Messages begin with the name of an argument, for which there may be an option.
  static String withOption(String message) {
    int colon = message.indexOf(": ");
    String name = message.substring(0, Math.max(0, colon));
    String option = "--" + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return OPTIONS.contains(option) ? option + message.substring(colon) : message;
  }

  private static String summary(ScoringJob job, ScoringJob.Result result) {
    return String.format(
        Locale.ROOT,
        """
        Scored %,d images in %,.1f s (%,.1f images/s); the model was loaded %,d times.
          results    %s
          unusable   %,d images%s
          skipped    %,d images that had been scored before
        """,
        result.scored(),
        result.seconds(),
        (result.scored() + result.unusable()) / result.seconds(),
        result.modelsOpened(),
        job.out(),
        result.unusable(),
        result.unusable() == 0 ? "" : ", see " + job.errors(),
        result.skipped());
  }
}
