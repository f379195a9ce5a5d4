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
 * Ends what only trickles: headers, bodies and answers that a client sends or takes a few bytes at
 * a time. Connections on which nothing happens at all are ended by Jetty's idle time-out.
 */
final class SlowClients {

  // Whoever takes an answer more slowly is not waited for.
  private static final long BYTES_A_SECOND = 16 << 10;

  /** What a connection without a request had received when it was first looked at. */
  private record Seen(long requests, long bytes, long since) {}

  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  // How long a stopping server waits for requests that have only begun to arrive.
  private static final long LAST_PATIENCE = 2_000_000_000L;

  private volatile long patience;
  private Map<EndPoint, Seen> waiting = new HashMap<>();

  /**
   * Watches.
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

  /** Returns how many requests have no answer yet. */
  int open() {
    return exchanges.size();
  }

  /** Waits no longer than shortly for what has not arrived, because the server stops. */
  void hurry() {
    patience = Math.min(patience, LAST_PATIENCE);
  }

  /** Looks at all connections once; called from one thread. */
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

  // As long as nothing comes the time does not count: that is Jetty's business.
  private static Seen look(Seen before, Connection connection, long now) {
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean same = before != null && before.requests() == requests && before.bytes() < bytes;
    return same ? before : new Seen(requests, bytes, now);
  }
}
