package dev.recal.tools.command;

import dev.recal.ops.files.TextFiles;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.ClassArchive;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.serve.AccessSettings;
import dev.recal.tools.serve.ModelServer;
import dev.recal.tools.serve.ServeLimits;
import dev.recal.tools.serve.ServeSettings;
import dev.recal.tools.serve.TlsSettings;
import dev.recal.tools.serve.model.BatchSettings;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.VersionState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal serve}: a local server for trying a model. */
@Command(
    name = "serve",
    description = {
      "Serve models with the REST and gRPC interfaces of TensorFlow Serving, metrics, and a page"
          + " to try them.",
      "A higher version that appears in the directory replaces the served one while requests are"
          + " running. Ctrl-C or SIGTERM finishes the running requests, then stops the server."
    })
public final class ServeCommand implements Callable<Integer> {

  /** The maximum of {@code --batch-delay} in milliseconds. */
  static final double MAX_BATCH_DELAY = 60_000;

  private static final int MEGABYTE = 1 << 20;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL_DIR",
      description = "A directory of integer versions, which is watched, or a single SavedModel.")
  private Path model;

  @Option(
      names = "--models-config",
      paramLabel = "FILE",
      description =
          "Serve the models of a models.config of TensorFlow Serving instead of one directory; the"
              + " file is read again when it changes.")
  private Path modelsConfig;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the model in requests (default: the name of the directory).")
  private String name = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0 chooses a free one (${DEFAULT-VALUE}).")
  private int port = ServeSettings.PORT;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen on; 0.0.0.0 is open to the network (${DEFAULT-VALUE}).")
  private String host = "localhost";

  @Option(
      names = "--max-body",
      paramLabel = "MB",
      description = "Maximum request size in megabytes (${DEFAULT-VALUE}).")
  private int maxBody = 32;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "Timeout for receiving a request and for computing its response (${DEFAULT-VALUE}).")
  private double timeout = 30;

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      description =
          "Maximum number of rows per batch; requests of the same shape are batched together"
              + " (${DEFAULT-VALUE}).")
  private int batch = 32;

  @Option(
      names = "--batch-delay",
      paramLabel = "MS",
      description =
          "How long the first request of a batch waits for others, in milliseconds; 0 batches only"
              + " those that arrive while the model is busy (${DEFAULT-VALUE}).")
  private double batchDelay = 0;

  @Mixin private PixelOption pixels = new PixelOption();

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "A name by which clients address the server, besides the address that it listens on;"
              + " repeatable; * allows all.")
  private Set<String> hosts = Set.of();

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      description =
          "A web origin whose pages may use the server (CORS), for example http://localhost:3000;"
              + " repeatable; * allows all.")
  private Set<String> origins = Set.of();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with a token that clients must send as 'Authorization: Bearer TOKEN'.")
  private Path tokenFile;

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description = "A PKCS #12 file with key and certificate; the server then speaks HTTPS.")
  private Path keyStore;

  @Option(
      names = "--tls-password-file",
      paramLabel = "FILE",
      description = "A file with the password of the key store.")
  private Path passwordFile;

  @Mixin private OperationOptions operation = new OperationOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireModels();
    ServeSettings settings = settings();
    warnings(settings).forEach(warning -> spec.commandLine().getErr().println(warning));
    spec.commandLine().getErr().flush();
    ModelServer server =
        modelsConfig == null
            ? ModelServer.start(model, settings)
            : ModelServer.startAll(modelsConfig, settings);
    CountDownLatch stopped = new CountDownLatch(1);
    PrintWriter err = spec.commandLine().getErr();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  err.println("Stopping after the running requests have finished.");
                  err.flush();
                  try {
                    server.close();
                  } finally {
                    stopped.countDown();
                  }
                },
                "stop"));
    announce(server, settings);
    // Now and not at the end, which must not take longer than the running requests.
    ClassArchive.write();
    stopped.await();
    return 0;
  }

  private void requireModels() {
    if ((model == null) == (modelsConfig == null)) {
      throw new UsageException(
          "MODEL_DIR and --models-config: expected one of them, but got "
              + (model == null ? "none." : "both."));
    }
    if (modelsConfig != null && !name.isEmpty()) {
      throw new UsageException(
          "--name: expected it with MODEL_DIR only; --models-config names its models.");
    }
  }

  private void announce(ModelServer server, ServeSettings settings) {
    PrintWriter out = spec.commandLine().getOut();
    for (ServedModel served : server.models()) {
      String versions =
          served.states().stream()
              .filter(state -> state.state() == VersionState.State.AVAILABLE)
              .map(state -> Long.toString(state.version()))
              .collect(Collectors.joining(", "));
      out.printf(Locale.ROOT, "Serving %s, version %s.%n", served.name(), versions);
    }
    String uri = server.uri().toString();
    out.println("  page     " + uri);
    for (ServedModel served : server.models()) {
      out.println("  REST     " + uri + "v1/models/" + served.name() + ":predict");
    }
    server.grpcPort().ifPresent(port -> out.println("  gRPC     " + settings.host() + ":" + port));
    out.println("  metrics  " + uri + "monitoring/prometheus/metrics");
    out.println("  stop     Ctrl-C");
    out.flush();
  }

  private static List<String> warnings(ServeSettings settings) {
    List<String> warnings = new ArrayList<>();
    if (settings.isOpen()) {
      String who =
          settings.access().token().isPresent()
              ? "every machine of the network can reach this server."
              : "every machine of the network can use this server, without authentication.";
      String how = settings.tls().isPresent() ? "" : " Requests and responses are not encrypted.";
      warnings.add("Warning: with --host " + settings.host() + " " + who + how);
    }
    if (settings.access().hosts().contains(AccessSettings.ANY)) {
      warnings.add(
          "Warning: with --allow-host '*' web pages can use this server by DNS rebinding.");
    }
    if (settings.access().origins().contains(AccessSettings.ANY)) {
      warnings.add("Warning: with --allow-origin '*' every web page can use this server.");
    }
    return warnings;
  }

  private AccessSettings access() throws IOException {
    return new AccessSettings(
        hosts,
        origins,
        tokenFile == null ? Optional.empty() : Optional.of(secret("--token-file", tokenFile)));
  }

  private Optional<TlsSettings> tls() throws IOException {
    if (keyStore == null && passwordFile == null) {
      return Optional.empty();
    }
    if (keyStore == null || passwordFile == null) {
      throw new UsageException(
          "--tls-keystore and --tls-password-file: expected both, but got only one of them.");
    }
    return Optional.of(new TlsSettings(keyStore, secret("--tls-password-file", passwordFile)));
  }

  private static String secret(String option, Path file) throws IOException {
    String secret = TextFiles.read(file).strip();
    if (secret.isEmpty()) {
      throw new UsageException(option + ": expected a file with text, but " + file + " is empty.");
    }
    return secret;
  }

  private ServeSettings settings() throws IOException {
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
            defaults.batches().threads(),
            pixels.pixels());
    ServeLimits limits =
        new ServeLimits(
            Math.toIntExact((long) maxBody * MEGABYTE),
            Duration.ofMillis(Math.round(timeout * 1000)),
            defaults.limits().connections());
    return new ServeSettings(
        name, host, port, batches, limits, defaults.poll(), access(), tls(), operation.settings());
  }
}
