package dev.recal.graphs.logs;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.ops.files.FileFailures;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes metrics as JSON lines: one object per line with {@code kind} ({@code run}, {@code step},
 * {@code evaluation}, {@code message}), {@code time} (UTC) and {@code step}; {@link MetricsHistory}
 * reads it back.
 *
 * <p>Each line is a single write to the operating system, so a kill truncates at most the last
 * line. When training resumes at step s, the lines after s and truncated lines are removed (the
 * file is replaced atomically), so that each step occurs once. A fresh run never overwrites the
 * steps of an older one: the old file is kept as {@code <name>.1}, {@code .2} and so on.
 */
public final class MetricsLog implements TrainingLog {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final Path file;
  private final Map<String, String> settings;
  private OutputStream out;
  private long step;

  /**
   * A log that appends to a file.
   *
   * @param file its directory is created if absent
   */
  public MetricsLog(Path file) {
    this(file, Map.of());
  }

  /**
   * A log whose first line also has the settings of the run, as {@code recipe}.
   *
   * @param file its directory is created if absent
   * @param settings by dotted key
   */
  public MetricsLog(Path file, Map<String, String> settings) {
    this.file = file;
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  @Override
  public void started(RunInfo run) {
    JsonObject line = MetricsJson.of(run);
    if (out == null || run.startStep() < step) {
      open(run);
      if (!settings.isEmpty()) {
        line.add("recipe", MetricsJson.settings(settings));
      }
    }
    // Otherwise it is the next stage of the run, whose steps follow.
    step = run.startStep();
    write(line);
  }

  private void open(RunInfo run) {
    close();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (Files.exists(file)) {
        if (run.startStep() == 0) {
          keepOld();
        } else {
          dropAfter(run.startStep());
        }
      }
      // Unbuffered: everything that write has returned from survives the death of this process.
      out = new FileOutputStream(file.toFile(), true);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void keepOld() throws IOException {
    int number = 1;
    while (Files.exists(numbered(number))) {
      number++;
    }
    Files.move(file, numbered(number));
  }

  private Path numbered(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  private void dropAfter(long lastStep) throws IOException {
    AtomicFiles.write(
        file,
        content -> {
          try (BufferedReader reader =
              new BufferedReader(
                  new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
              if (isKept(line, lastStep)) {
                content.write((line + "\n").getBytes(StandardCharsets.UTF_8));
              }
            }
          }
        });
  }

  private static boolean isKept(String line, long lastStep) {
    return MetricsHistory.parse(line)
        .map(object -> object.get(MetricsJson.STEP))
        .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber())
        .map(value -> value.getAsLong() <= lastStep)
        .orElse(false);
  }

  @Override
  public void step(StepReport report) {
    step = report.step();
    write(MetricsJson.of(report));
  }

  @Override
  public void evaluated(EvaluationReport report) {
    write(MetricsJson.of(report));
  }

  @Override
  public void message(String text) {
    write(MetricsJson.message(step, text));
  }

  private void write(JsonObject line) {
    if (out == null) {
      return; // A message before the start or after the end is not written.
    }
    try {
      out.write((GSON.toJson(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    if (out == null) {
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      throw failure(e);
    } finally {
      out = null;
    }
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException(
        String.format(
            Locale.ROOT, "Cannot write the metrics file %s: %s.", file, FileFailures.reason(e)),
        e);
  }

  @Override
  public String toString() {
    return "metrics file " + file;
  }
}
