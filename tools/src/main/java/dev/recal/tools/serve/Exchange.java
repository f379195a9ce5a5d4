package dev.recal.tools.serve;

import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.rest.ResponseWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One request and its single response, from whichever thread sends it first. */
final class Exchange {

  static final String JSON = "application/json";

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Consumer<Exchange> over;
  private final long began = System.nanoTime();
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean received;
  private volatile long answerBegan;
  private volatile int answerBytes;

  Exchange(Request request, Response response, Callback callback, Consumer<Exchange> over) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.over = over;
  }

  Request request() {
    return request;
  }

  /** Returns the path, decoded. */
  String path() {
    return Request.getPathInContext(request);
  }

  /** Returns its start time, in nanoseconds of {@link System#nanoTime}. */
  long began() {
    return began;
  }

  EndPoint endPoint() {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }

  /** Marks the request as complete. */
  void received() {
    received = true;
  }

  /** Returns whether the client is still sending. */
  boolean receiving() {
    return !received && !answered.get();
  }

  /**
   * Returns whether a client of this minimum speed should have received the whole response by now.
   */
  boolean overdue(long now, long patience, long bytesASecond) {
    int bytes = answerBytes;
    return bytes > 0 && now - answerBegan > patience + (long) (1e9 * bytes / bytesASecond);
  }

  /** Sends the response, unless there is one. */
  void answer(ServingStatus status, String type, byte[] body) {
    if (answered.getAndSet(true)) {
      return;
    }
    answerBegan = System.nanoTime();
    answerBytes = body.length;
    response.setStatus(status.http());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    if (!received) {
      // Further data of the client could not be distinguished from a new request.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    response.write(
        true,
        ByteBuffer.wrap(body),
        Callback.from(
            () -> {
              over.accept(this);
              callback.succeeded();
            },
            failure -> {
              over.accept(this);
              callback.failed(failure);
            }));
  }

  /** Sends a JSON response. */
  void answer(byte[] json) {
    answer(ServingStatus.OK, JSON, json);
  }

  /** Sets a header of the response. */
  void header(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /** Sends an error. */
  void fail(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    ServingStatus status = status(cause);
    if (status == ServingStatus.INTERNAL) {
      Background.report(request.getMethod() + " " + path(), cause);
    }
    if (status == ServingStatus.UNAUTHENTICATED) {
      header("WWW-Authenticate", "Bearer");
    }
    answer(status, JSON, ResponseWriter.error(message(status, cause)));
  }

  private static ServingStatus status(Throwable failure) {
    if (failure instanceof ServingException known) {
      return known.status();
    }
    if (failure instanceof IllegalArgumentException) {
      return ServingStatus.INVALID_ARGUMENT;
    }
    if (failure instanceof TimeoutException) {
      return ServingStatus.DEADLINE_EXCEEDED;
    }
    return failure instanceof OutOfMemoryError ? ServingStatus.UNAVAILABLE : ServingStatus.INTERNAL;
  }

  private static String message(ServingStatus status, Throwable failure) {
    return switch (status) {
      case DEADLINE_EXCEEDED -> "The model did not answer in time.";
      case UNAVAILABLE ->
          failure instanceof OutOfMemoryError
              ? "There is not enough memory for this request now."
              : failure.getMessage();
      case INTERNAL -> "The server failed: " + Background.reason(failure) + " See its log.";
      default -> failure.getMessage();
    };
  }
}
