package dev.recal.tools.serve;

import dev.recal.tools.serve.model.ServedModel;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
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

  private final ServedModel model;
  private final Server server;
  private final ServerConnector connector;
  private final ScheduledExecutorService sweeper;
  private final SlowClients slowClients;
  private final MemoryBudget budget;
  private final String host;

  private ModelServer(ServedModel model, ServeSettings settings) {
    this.model = model;
    host = settings.host();
    ServeLimits limits = settings.limits();
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("http");
    threads.setDaemon(true);
    server = new Server(threads);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
    connector.setHost(host);
    connector.setPort(settings.port());
    connector.setIdleTimeout(limits.timeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
    slowClients = new SlowClients(limits.timeout().toNanos());
    budget =
        new MemoryBudget(
            Math.max(2L * limits.body(), Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    server.setHandler(
        new GracefulHandler(new RestHandler(model, limits, slowClients, budget, threads)));
    server.setErrorHandler(new JsonErrors());
    server.setStopTimeout(limits.timeout().toMillis());
    sweeper =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "slow-clients");
              thread.setDaemon(true);
              return thread;
            });
    long pace = Math.max(1, Math.min(1000, limits.timeout().toMillis() / 4));
    sweeper.scheduleWithFixedDelay(this::sweep, pace, pace, TimeUnit.MILLISECONDS);
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
    ModelServer server = new ModelServer(model, settings);
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
    String named = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + named + ":" + connector.getLocalPort() + "/");
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
    try {
      slowClients.sweep(connector.getConnectedEndPoints());
    } catch (RuntimeException e) {
      // The next round checks again; an exception would end the schedule.
      LOG.warn("Checking for slow clients failed: {}", e.toString());
    }
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
    }
    return new IOException("The server cannot listen on " + place + ": " + problem, problem);
  }
}
