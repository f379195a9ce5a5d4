package dev.recal.tools.command;

import dev.recal.tools.console.Bounds;
import dev.recal.tools.serve.ModelServer;
import dev.recal.tools.serve.ServeLimits;
import dev.recal.tools.serve.ServeSettings;
import dev.recal.tools.serve.model.BatchSettings;
import dev.recal.tools.serve.model.Lease;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal serve}: a local server for trying a model. */
@Command(
    name = "serve",
    description = {
      "Serve a model on this machine: TensorFlow Serving's REST paths, and a page to try it.",
      "A higher version that appears in the directory takes over while requests run. Ctrl-C or"
          + " SIGTERM lets the requests that run end, and stops."
    })
public final class ServeCommand implements Callable<Integer> {

  /** The maximum of {@code --batch-delay} in milliseconds. */
  static final double MAX_BATCH_DELAY = 60_000;

  private static final int MEGABYTE = 1 << 20;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL_DIR",
      description = "A directory of integer versions, which is watched, or one SavedModel.")
  private Path model;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What clients call the model (default: the directory's name).")
  private String name = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where it listens; 0 takes any free port (${DEFAULT-VALUE}).")
  private int port = ServeSettings.PORT;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "The address it listens at; 0.0.0.0 is open to the network, without any"
              + " authentication (${DEFAULT-VALUE}).")
  private String host = "localhost";

  @Option(
      names = "--max-body",
      paramLabel = "MB",
      description = "The longest request in megabytes (${DEFAULT-VALUE}).")
  private int maxBody = 32;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "How long a request may take to arrive and an answer to be computed (${DEFAULT-VALUE}).")
  private double timeout = 30;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description =
          "The most rows in one run; requests of the same form are joined (${DEFAULT-VALUE}).")
  private int batch = 32;

  @Option(
      names = "--batch-delay",
      paramLabel = "MS",
      description =
          "How long the first request of a batch waits for others, in milliseconds; 0 joins those"
              + " that came while the model was busy (${DEFAULT-VALUE}).")
  private double batchDelay = 0;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServeSettings settings = settings();
    ModelServer server = ModelServer.start(model, settings);
    CountDownLatch stopped = new CountDownLatch(1);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  err.println("Stopping: requests that run are finished first.");
                  err.flush();
                  server.close();
                  stopped.countDown();
                },
                "stop"));
    long version;
    try (Lease lease = server.model().acquire(OptionalLong.empty())) {
      version = lease.version();
    }
    String uri = server.uri().toString();
    out.printf("Serving %s, version %d.%n", server.model().name(), version);
    out.println("  page     " + uri);
    out.println("  REST     " + uri + "v1/models/" + server.model().name() + ":predict");
    out.println("  stop     Ctrl-C");
    out.flush();
    stopped.await();
    return 0;
  }

  private ServeSettings settings() {
    Bounds.requireWithin("--max-body", maxBody, 1, 1024);
    Bounds.requireWithin("--timeout", timeout, 0.1, 86_400);
    Bounds.requireAtLeast("--batch", batch, 1);
    Bounds.requireWithin("--batch-delay", batchDelay, 0, MAX_BATCH_DELAY);
    ServeSettings defaults = ServeSettings.defaults();
    BatchSettings batches =
        new BatchSettings(
            batch,
            Duration.ofNanos(Math.round(batchDelay * 1e6)),
            defaults.batches().waiting(),
            defaults.batches().threads());
    ServeLimits limits =
        new ServeLimits(
            Math.toIntExact((long) maxBody * MEGABYTE),
            Duration.ofMillis(Math.round(timeout * 1000)),
            defaults.limits().connections());
    return new ServeSettings(name, host, port, batches, limits, defaults.poll());
  }
}
