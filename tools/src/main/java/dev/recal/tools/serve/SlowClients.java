package dev.recal.tools.serve;

import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;

/**
 * Closes connections of slow clients, which send headers and bodies or receive responses a few
 * bytes at a time. Idle connections are closed by Jetty's idle timeout.
 */
final class SlowClients {

  // The minimum speed for receiving a response.
  private static final long MIN_BYTES_PER_SECOND = 16 << 10;

  /** The bytes that a connection without a request had received at the first check. */
  private record Progress(long requests, long bytes, long since) {}

  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  // How long a stopping server waits for requests that are still arriving.
  private static final long SHUTDOWN_PATIENCE = 2_000_000_000L;

  private volatile long patience;
  private Map<EndPoint, Progress> waiting = new HashMap<>();

  /**
   * Creates the watch.
   *
   * @param patience in nanoseconds
   */
  SlowClients(long patience) {
    this.patience = patience;
  }

  void add(Exchange exchange) {
    exchanges.add(exchange);
  }

  void remove(Exchange exchange) {
    exchanges.remove(exchange);
  }

  /** Returns the number of pending requests. */
  int open() {
    return exchanges.size();
  }

  /** Shortens the patience, because the server stops. */
  void shortenTimeouts() {
    patience = Math.min(patience, SHUTDOWN_PATIENCE);
  }

  /** Checks all connections once; called from one thread. */
  void sweep(Collection<EndPoint> connected) {
    long now = System.nanoTime();
    Set<EndPoint> busy = new HashSet<>();
    for (Exchange exchange : exchanges) {
      EndPoint endPoint = exchange.endPoint();
      busy.add(endPoint);
      if (exchange.receiving() && now - exchange.startNanos() > patience) {
        exchange.fail(
            new ServingException(
                ServingStatus.REQUEST_TIMEOUT, "The request took too long to arrive."));
      } else if (exchange.isOverdue(now, patience, MIN_BYTES_PER_SECOND)) {
        endPoint.close(new TimeoutException("The client took too long to read its response."));
      }
    }
    Map<EndPoint, Progress> still = new HashMap<>();
    for (EndPoint socket : connected) {
      EndPoint endPoint = decrypted(socket);
      Connection connection = endPoint.getConnection();
      if (connection != null && !busy.contains(endPoint)) {
        Progress progress = progress(waiting.get(endPoint), connection, now);
        if (now - progress.since() > patience && connection.getBytesIn() > progress.bytes()) {
          endPoint.close(new TimeoutException("The client took too long to send its headers."));
        } else {
          still.put(endPoint, progress);
        }
      }
    }
    waiting = still;
  }

  // Requests are counted after decryption, once the handshake is complete.
  private static EndPoint decrypted(EndPoint socket) {
    return socket.getConnection() instanceof SslConnection ssl
            && ssl.getSslEndPoint().getConnection() != null
        ? ssl.getSslEndPoint()
        : socket;
  }

  // Idle time does not count: Jetty handles it.
  private static Progress progress(Progress before, Connection connection, long now) {
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean same = before != null && before.requests() == requests && before.bytes() < bytes;
    return same ? before : new Progress(requests, bytes, now);
  }
}
