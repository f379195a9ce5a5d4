package dev.recal.tools.serve.config;

import dev.recal.ops.files.TextFiles;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.ModelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a {@code models.config} again when it changes. Errors are logged and change nothing. */
public final class ModelsConfigWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelsConfigWatch.class);

  private final Path file;
  private final Consumer<List<ModelSettings>> changed;
  private final ScheduledExecutorService watcher = Background.scheduler("models-config");
  private String text;
  private String problem = "";

  private ModelsConfigWatch(Path file, String text, Consumer<List<ModelSettings>> changed) {
    this.file = file;
    this.text = text;
    this.changed = changed;
  }

  /**
   * Begins to watch a file.
   *
   * @param poll how often it is read
   * @param changed receives the models of each new text without errors
   */
  public static ModelsConfigWatch start(
      Path file, Duration poll, Consumer<List<ModelSettings>> changed) throws IOException {
    ModelsConfigWatch watch = new ModelsConfigWatch(file, TextFiles.read(file), changed);
    watch.watcher.scheduleWithFixedDelay(
        Background.guarded("Reading " + file, watch::poll),
        poll.toMillis(),
        Math.max(1, poll.toMillis()),
        TimeUnit.MILLISECONDS);
    return watch;
  }

  private void poll() {
    try {
      String now = TextFiles.read(file);
      if (now.equals(text)) {
        problem = "";
        return;
      }
      List<ModelSettings> models = ModelsConfig.parse(file, now);
      text = now;
      problem = "";
      LOG.info("{} has changed; it has {} models.", file, models.size());
      changed.accept(models);
    } catch (IOException e) {
      String reason = Background.reason(e);
      if (!reason.equals(problem)) {
        LOG.warn("The models stay as they were: {}", reason);
      }
      problem = reason;
    }
  }

  /** Stops watching. */
  @Override
  public void close() {
    watcher.shutdownNow();
  }
}
