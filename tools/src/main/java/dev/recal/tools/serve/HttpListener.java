package dev.recal.tools.serve;

import dev.recal.tools.serve.model.Background;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
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

/** Jetty with limits on everything that a client can make large or slow. */
final class HttpListener {

  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final int THREADS = 16;
  private static final int HEADER_BYTES = 8 << 10;
  private static final int ACCEPT_QUEUE = 1024;
  private static final long IDLE_MILLIS_WHEN_FULL = 2000;

  private final ServeSettings settings;
  private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
  private final Server server = new Server(threads);
  private final ServerConnector connector;
  private final ScheduledExecutorService sweeper = Background.scheduler("slow-clients");
  private final SlowClients slowClients;

  HttpListener(ServeSettings settings) {
    this.settings = settings;
    ServeLimits limits = settings.limits();
    threads.setName("http");
    threads.setDaemon(true);
    connector = new ServerConnector(server, 1, 1, protocols(settings));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(limits.timeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    NetworkConnectionLimit connections =
        new NetworkConnectionLimit(limits.connections(), connector);
    // Idle clients that hold all connections make room for others.
    connections.setEndPointIdleTimeout(
        Math.min(IDLE_MILLIS_WHEN_FULL, limits.timeout().toMillis()));
    server.addBean(connections);
    slowClients = new SlowClients(limits.timeout().toNanos());
    server.setErrorHandler(new JsonErrors());
    server.setStopTimeout(limits.timeout().toMillis());
  }

  private static ConnectionFactory[] protocols(ServeSettings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    if (settings.tls().isEmpty()) {
      return new ConnectionFactory[] {plain};
    }
    // Names are checked with those of plain HTTP, not against the certificate, which is the
    // client's business.
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(settings.tls().get().keyStore().toAbsolutePath().toString());
    tls.setKeyStoreType(TlsSettings.TYPE);
    tls.setKeyStorePassword(settings.tls().get().password());
    return new ConnectionFactory[] {
      new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()), plain
    };
  }

  /** Returns the scheme that it speaks. */
  static String scheme(ServeSettings settings) {
    return settings.tls().isPresent() ? "https" : "http";
  }

  /** Returns its threads. */
  Executor executor() {
    return threads;
  }

  SlowClients slowClients() {
    return slowClients;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the port is not available
   */
  void start(Handler handler) throws IOException {
    server.setHandler(new GracefulHandler(handler));
    long pace = Math.max(1, Math.min(1000, settings.limits().timeout().toMillis() / 4));
    sweeper.scheduleWithFixedDelay(
        Background.guarded("The check for slow clients", this::sweep),
        pace,
        pace,
        TimeUnit.MILLISECONDS);
    try {
      server.start();
    } catch (Exception e) {
      throw ListenFailures.of(settings, settings.port(), "--port", e);
    }
  }

  private void sweep() {
    slowClients.sweep(connector.getConnectedEndPoints());
  }

  URI uri() {
    String host = settings.host();
    String named = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    return URI.create(scheme(settings) + "://" + named + ":" + connector.getLocalPort() + "/");
  }

  /** Stops accepting requests and waits for running ones. */
  void stop() {
    slowClients.shortenTimeouts();
    try {
      server.stop();
    } catch (Exception e) {
      // Some requests did not finish in time; their connections are closed.
      LOG.warn("Some requests were cut off: {}", e.toString());
    }
    sweeper.shutdownNow();
  }
}
