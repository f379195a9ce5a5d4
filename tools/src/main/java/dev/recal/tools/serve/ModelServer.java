package dev.recal.tools.serve;

import dev.recal.ops.files.FileFailures;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.ServedModel;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: a model, and Jetty with limits on everything that a client can make large or
 * slow. Closing it waits for running requests.
 */
public final class ModelServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
  private static final int THREADS = 16;
  private static final int HEADER_BYTES = 8 << 10;
  private static final int ACCEPT_QUEUE = 1024;
  private static final long HEAP_SHARE = 8;
  private static final long IDLE_WHEN_FULL = 2000;

  private final ServedModel model;
  private final Server server;
  private final ServerConnector connector;
  private final ScheduledExecutorService sweeper = Background.scheduler("slow-clients");
  private final SlowClients slowClients;
  private final MemoryBudget budget;
  private final ServeSettings settings;

  private ModelServer(ServedModel model, ServeSettings settings) {
    this.model = model;
    this.settings = settings;
    ServeLimits limits = settings.limits();
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("http");
    threads.setDaemon(true);
    server = new Server(threads);
    connector = new ServerConnector(server, 1, 1, protocols(settings));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(limits.timeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    NetworkConnectionLimit connections =
        new NetworkConnectionLimit(limits.connections(), connector);
    // Whoever holds all connections and does nothing makes room for the others.
    connections.setEndPointIdleTimeout(Math.min(IDLE_WHEN_FULL, limits.timeout().toMillis()));
    server.addBean(connections);
    slowClients = new SlowClients(limits.timeout().toNanos());
    budget =
        new MemoryBudget(
            Math.max(2L * limits.body(), Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    server.setHandler(
        new GracefulHandler(
            new RestHandler(model, limits, slowClients, budget, access(settings), threads)));
    server.setErrorHandler(new JsonErrors());
    server.setStopTimeout(limits.timeout().toMillis());
    long pace = Math.max(1, Math.min(1000, limits.timeout().toMillis() / 4));
    sweeper.scheduleWithFixedDelay(
        Background.surviving("The check for slow clients", this::sweep),
        pace,
        pace,
        TimeUnit.MILLISECONDS);
  }

  private static AccessCheck access(ServeSettings settings) {
    return new AccessCheck(settings.access(), scheme(settings), settings.host());
  }

  private static String scheme(ServeSettings settings) {
    return settings.tls().isPresent() ? "https" : "http";
  }

  private static ConnectionFactory[] protocols(ServeSettings settings) {
    HttpConfiguration http = http();
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    if (settings.tls().isEmpty()) {
      return new ConnectionFactory[] {plain};
    }
    // Names are checked with those of plain HTTP, not against the certificate, which is the
    // client's business.
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(settings.tls().get().keyStore().toAbsolutePath().toString());
    tls.setKeyStoreType("PKCS12");
    tls.setKeyStorePassword(settings.tls().get().password());
    return new ConnectionFactory[] {
      new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()), plain
    };
  }

  /**
   * Loads a model and starts the server.
   *
   * @param directory {@code <model>} with integer versions, or one version
   * @throws IOException if the model cannot be loaded or the port is not available
   */
  public static ModelServer start(Path directory, ServeSettings settings) throws IOException {
    ServedModel model =
        ServedModel.open(directory, settings.name(), settings.batches(), settings.poll());
    ModelServer server;
    try {
      server = new ModelServer(model, settings);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
    try {
      server.server.start();
      return server;
    } catch (Exception e) {
      server.close();
      throw failed(settings, e);
    }
  }

  /** Returns the model. */
  public ServedModel model() {
    return model;
  }

  /** Returns the URL of the page. */
  public URI uri() {
    String host = settings.host();
    String named = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(scheme(settings) + "://" + named + ":" + connector.getLocalPort() + "/");
  }

  /** Returns the number of pending requests. */
  int openRequests() {
    return slowClients.open();
  }

  /** Returns the remaining budget for request bodies in bytes. */
  long roomForBodies() {
    return budget.left();
  }

  /** Stops accepting requests, waits for running ones, and releases all resources. */
  @Override
  public void close() {
    slowClients.hurry();
    try {
      server.stop();
    } catch (Exception e) {
      // Some requests did not finish in time; their connections are closed.
      LOG.warn("Some requests were cut off: {}", e.toString());
    }
    sweeper.shutdownNow();
    model.close();
  }

  private void sweep() {
    slowClients.sweep(connector.getConnectedEndPoints());
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    return http;
  }

  private static IOException failed(ServeSettings settings, Exception problem) {
    String place = settings.host() + ":" + settings.port();
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new IOException(
            "The server cannot listen on "
                + place
                + ": "
                + cause.getMessage()
                + ". Use --port 0 for any free port.",
            problem);
      }
      if (cause instanceof UnresolvedAddressException) {
        return new IOException(
            "The server cannot listen on " + place + ": this machine has no such address.",
            problem);
      }
      if (settings.tls().isPresent() && cause instanceof FileSystemException file) {
        return new IOException(
            "The key store "
                + settings.tls().get().keyStore()
                + " cannot be read: "
                + FileFailures.reason(file)
                + ".",
            problem);
      }
      if (settings.tls().isPresent() && cause instanceof GeneralSecurityException) {
        return new IOException(
            "The key store "
                + settings.tls().get().keyStore()
                + " cannot be used: expected a PKCS #12 file with a key and this password.",
            problem);
      }
    }
    return new IOException("The server cannot listen on " + place + ": " + problem, problem);
  }
}
