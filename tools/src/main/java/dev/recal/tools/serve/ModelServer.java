package dev.recal.tools.serve;

import dev.recal.tools.serve.call.CallLimits;
import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.call.ModelCalls;
import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.TokenCheck;
import dev.recal.tools.serve.config.ModelsConfig;
import dev.recal.tools.serve.config.ModelsConfigWatch;
import dev.recal.tools.serve.grpc.GrpcServer;
import dev.recal.tools.serve.log.AccessLog;
import dev.recal.tools.serve.metrics.ServerMetrics;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.ModelSettings;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.ServedModels;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;

/**
 * A running server: models, REST and gRPC. It listens before its models are loaded, so that probes
 * are answered. Closing it waits for running requests.
 */
public final class ModelServer implements AutoCloseable {

  private static final long HEAP_SHARE = 8;

  private final ServeSettings settings;
  private final ServerMetrics metrics = new ServerMetrics();
  private final ServedModels models;
  private final MemoryBudget budget;
  private final HttpListener http;
  private final ModelCalls calls;
  private final Optional<AccessLog> accessLog;
  private final RequestObserver observer;
  private GrpcServer grpc;
  private ModelsConfigWatch config;
  private volatile boolean stopping;

  private ModelServer(ServeSettings settings) throws IOException {
    this.settings = settings;
    ServeLimits limits = settings.limits();
    accessLog = openLog(settings);
    observer = accessLog.isPresent() ? metrics.and(accessLog.get()) : metrics;
    accessLog.ifPresent(log -> metrics.watchLog(log::lost));
    models = new ServedModels(settings.batches(), settings.poll(), metrics);
    metrics.watch(models);
    budget =
        new MemoryBudget(
            Math.max(2L * limits.body(), Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    metrics.watchBudget(budget::available);
    http = new HttpListener(settings);
    calls =
        new ModelCalls(models, new CallLimits(limits.body(), limits.timeout()), http.executor());
  }

  private static Optional<AccessLog> openLog(ServeSettings settings) throws IOException {
    return settings.operation().accessLog().isPresent()
        ? Optional.of(
            AccessLog.open(
                settings.operation().accessLog().get(), new FileOutputStream(FileDescriptor.out)))
        : Optional.empty();
  }

  /**
   * Starts a server that answers probes, but has no models yet.
   *
   * @throws IOException if a port is not available
   */
  static ModelServer listen(ServeSettings settings) throws IOException {
    ModelServer server = new ModelServer(settings);
    try {
      server.http.start(
          new RestHandler(
              new AccessCheck(settings.access(), HttpListener.scheme(settings), settings.host()),
              server.http.slowClients(),
              new ServerPages(server.models, server.metrics, server::notReady),
              new RestCalls(server.calls, server.budget),
              server.observer));
      if (settings.operation().grpcPort().isPresent()) {
        server.startGrpc(settings.operation().grpcPort().getAsInt());
      }
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private void startGrpc(int port) throws IOException {
    try {
      Optional<KeyManager[]> keys =
          settings.tls().isPresent()
              ? Optional.of(settings.tls().get().keyManagers())
              : Optional.empty();
      grpc =
          GrpcServer.start(
              new GrpcServer.Setup(
                  calls,
                  budget,
                  new TokenCheck(settings.access().token()),
                  observer,
                  this::notReady),
              new InetSocketAddress(settings.host(), port),
              keys);
    } catch (IOException | GeneralSecurityException e) {
      throw ListenFailures.of(settings, port, "--grpc-port", e);
    }
  }

  /**
   * Starts a server for one model.
   *
   * @param directory {@code <model>} with integer versions, or one version
   * @throws IOException if the model cannot be loaded or a port is not available
   */
  public static ModelServer start(Path directory, ServeSettings settings) throws IOException {
    return started(List.of(ModelSettings.latest(settings.name(), directory)), settings);
  }

  /**
   * Starts a server for the models of a configuration, which is read again when it changes.
   *
   * @param file a {@code models.config} of TensorFlow Serving
   * @throws IOException if the file has an error, a model cannot be loaded, or a port is not
   *     available
   */
  public static ModelServer startAll(Path file, ServeSettings settings) throws IOException {
    List<ModelSettings> configured = ModelsConfig.read(file);
    ModelServer server = started(configured, settings);
    try {
      server.config = ModelsConfigWatch.start(file, settings.poll(), server.models::change);
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private static ModelServer started(List<ModelSettings> models, ServeSettings settings)
      throws IOException {
    ServedModels.requireVersions(models);
    ModelServer server = listen(settings);
    server.load(models);
    return server;
  }

  /** Loads the first models; a server that cannot is closed. */
  void load(List<ModelSettings> configured) throws IOException {
    try {
      models.open(configured);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
    if (grpc != null) {
      grpc.updateHealth();
    }
  }

  /** Returns the models. */
  public List<ServedModel> models() {
    return models.all();
  }

  /** Returns the URL of the page. */
  public URI uri() {
    return http.uri();
  }

  /** Returns the port of gRPC, if it is served. */
  public OptionalInt grpcPort() {
    return grpc == null ? OptionalInt.empty() : OptionalInt.of(grpc.port());
  }

  /** Returns the number of pending requests. */
  int openRequests() {
    return http.slowClients().open();
  }

  /** Returns the remaining budget for request bodies in bytes. */
  long roomForBodies() {
    return budget.available();
  }

  private Optional<String> notReady() {
    return stopping ? Optional.of("The server is stopping.") : models.notReady();
  }

  /**
   * Reports that it is not ready, stops accepting requests after the time to drain, waits for
   * running ones, and releases all resources.
   */
  @Override
  public void close() {
    boolean wasReady = notReady().isEmpty();
    stopping = true;
    if (wasReady) {
      drain();
    }
    if (config != null) {
      config.close();
    }
    Thread grpcEnd = Background.thread("grpc-stop", () -> grpc.close());
    if (grpc != null) {
      grpcEnd.start();
    }
    http.stop();
    try {
      grpcEnd.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    models.close();
    calls.close();
    accessLog.ifPresent(AccessLog::close);
  }

  // Load balancers see that the server is not ready before it refuses connections.
  private void drain() {
    try {
      TimeUnit.MILLISECONDS.sleep(settings.operation().drain().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
