package dev.recal.tools.serve;

import dev.recal.tools.serve.call.CallFailure;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.rest.ResponseWriter;
import java.nio.ByteBuffer;
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

  // Shorter bodies fit one packet, and their headers would grow.
  private static final int MIN_COMPRESSED = 1024;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Consumer<Exchange> over;
  private final RequestRecord record;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean received;
  private volatile long answerBegan;
  private volatile int answerBytes;

  Exchange(
      Request request,
      Response response,
      Callback callback,
      RequestRecord record,
      Consumer<Exchange> over) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.record = record;
    this.over = over;
  }

  Request request() {
    return request;
  }

  RequestRecord record() {
    return record;
  }

  /** Returns the path, decoded. */
  String path() {
    return Request.getPathInContext(request);
  }

  /** Returns its start time, in nanoseconds of {@link System#nanoTime}. */
  long startNanos() {
    return record.startNanos();
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
  boolean isOverdue(long now, long patience, long bytesASecond) {
    int bytes = answerBytes;
    return bytes > 0 && now - answerBegan > patience + (long) (1e9 * bytes / bytesASecond);
  }

  /** Sends the response, unless there is one. */
  void answer(ServingStatus status, String type, byte[] content) {
    answer(status, "", type, content);
  }

  private void answer(ServingStatus status, String reason, String type, byte[] content) {
    if (answered.getAndSet(true)) {
      return;
    }
    record.outcome(status, reason);
    byte[] body = encoded(content);
    answerBegan = System.nanoTime();
    answerBytes = body.length;
    record.sent(body.length);
    response.setStatus(status.http());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    if (!received || status == ServingStatus.DEADLINE_EXCEEDED) {
      // Further data of the client could not be distinguished from a new request. And a connection
      // that was quiet for as long as a response may take is about to be closed as idle: the next
      // request might be lost.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    response.write(
        true,
        ByteBuffer.wrap(body),
        Callback.from(
            () -> {
              end();
              callback.succeeded();
            },
            failure -> {
              end();
              callback.failed(failure);
            }));
  }

  private void end() {
    over.accept(this);
    record.finish();
  }

  private byte[] encoded(byte[] content) {
    if (content.length < MIN_COMPRESSED) {
      return content;
    }
    response.getHeaders().add(HttpHeader.VARY, "Accept-Encoding");
    if (!GzipBody.accepts(request.getHeaders().get(HttpHeader.ACCEPT_ENCODING))) {
      return content;
    }
    response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
    return GzipBody.deflate(content);
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
    CallFailure known = CallFailure.of(failure);
    known.report(request.getMethod() + " " + path());
    if (known.status() == ServingStatus.UNAUTHENTICATED) {
      header("WWW-Authenticate", "Bearer");
    }
    answer(known.status(), known.reason(), JSON, ResponseWriter.error(known.message()));
  }
}
