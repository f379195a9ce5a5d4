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
  private static final long BYTES_A_SECOND = 16 << 10;

  /** The bytes that a connection without a request had received at the first check. */
  private record Seen(long requests, long bytes, long since) {}

  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  // How long a stopping server waits for requests that are still arriving.
  private static final long LAST_PATIENCE = 2_000_000_000L;

  private volatile long patience;
  private Map<EndPoint, Seen> waiting = new HashMap<>();

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
  void hurry() {
    patience = Math.min(patience, LAST_PATIENCE);
  }

  /** Checks all connections once; called from one thread. */
  void sweep(Collection<EndPoint> connected) {
    long now = System.nanoTime();
    Set<EndPoint> busy = new HashSet<>();
    for (Exchange exchange : exchanges) {
      EndPoint endPoint = exchange.endPoint();
      busy.add(endPoint);
      if (exchange.receiving() && now - exchange.began() > patience) {
        exchange.fail(
            new ServingException(
                ServingStatus.REQUEST_TIMEOUT, "The request took too long to arrive."));
      } else if (exchange.overdue(now, patience, BYTES_A_SECOND)) {
        endPoint.close(new TimeoutException("The client took too long to read its response."));
      }
    }
    Map<EndPoint, Seen> still = new HashMap<>();
    for (EndPoint socket : connected) {
      EndPoint endPoint = decrypted(socket);
      Connection connection = endPoint.getConnection();
      if (connection != null && !busy.contains(endPoint)) {
        Seen seen = look(waiting.get(endPoint), connection, now);
        if (now - seen.since() > patience && connection.getBytesIn() > seen.bytes()) {
          endPoint.close(new TimeoutException("The client took too long to send its headers."));
        } else {
          still.put(endPoint, seen);
        }
      }
    }
    waiting = still;
  }

  // Requests are read from behind the encryption, once the handshake has got so far.
  private static EndPoint decrypted(EndPoint socket) {
    return socket.getConnection() instanceof SslConnection ssl
            && ssl.getSslEndPoint().getConnection() != null
        ? ssl.getSslEndPoint()
        : socket;
  }

  // Idle time does not count: Jetty handles it.
  private static Seen look(Seen before, Connection connection, long now) {
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean same = before != null && before.requests() == requests && before.bytes() < bytes;
    return same ? before : new Seen(requests, bytes, now);
  }
}
