package dev.recal.tools.serve;

import dev.recal.tools.serve.call.MemoryBudget;
import dev.recal.tools.serve.call.ModelCalls;
import dev.recal.tools.serve.call.PreparedCall;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.rest.ExampleCall;
import dev.recal.tools.serve.rest.ExamplesRequest;
import dev.recal.tools.serve.rest.ExamplesRequestReader;
import dev.recal.tools.serve.rest.PredictRequest;
import dev.recal.tools.serve.rest.PredictRequestReader;
import dev.recal.tools.serve.rest.ResponseWriter;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;

/** Reads the bodies of calls and answers them. */
final class RestCalls {

  private final ModelCalls calls;
  private final MemoryBudget budget;

  RestCalls(ModelCalls calls, MemoryBudget budget) {
    this.calls = calls;
    this.budget = budget;
  }

  /**
   * Answers a call once its body has arrived.
   *
   * @throws ServingException if the body has an encoding that is not supported
   */
  void answer(Exchange exchange, RestPath path) {
    exchange.record().api(path.verb());
    String encoding = exchange.request().getHeaders().get(HttpHeader.CONTENT_ENCODING);
    boolean zipped = "gzip".equalsIgnoreCase(encoding);
    if (encoding != null && !zipped && !encoding.equalsIgnoreCase("identity")) {
      throw new ServingException(
          ServingStatus.UNSUPPORTED_ENCODING,
          "encoding",
          "The body is encoded as '"
              + encoding
              + "'; only gzip and bodies without encoding are supported.");
    }
    BodyReader[] reader = new BodyReader[1];
    Runnable end = ModelCalls.runOnce(() -> budget.release(reader[0].taken()));
    reader[0] =
        new BodyReader(
            exchange.request(),
            calls.limits().body(),
            budget,
            (body, failure) -> {
              if (failure != null) {
                end.run();
                exchange.fail(bodyFailure(failure));
                return;
              }
              exchange.received();
              exchange.record().received(body.length);
              long deadline = calls.limits().deadline();
              // Nobody knows how large a compressed body is.
              long size = zipped ? Long.MAX_VALUE : body.length;
              calls.execute(
                  size,
                  () -> {
                    if (zipped) {
                      callInflated(exchange, path, body, deadline, end);
                    } else {
                      call(exchange, path, body, deadline, end);
                    }
                  });
            });
    reader[0].run();
  }

  private void callInflated(
      Exchange exchange, RestPath path, byte[] body, long deadline, Runnable end) {
    GzipBody.Inflated inflated;
    try {
      inflated = GzipBody.inflate(body, calls.limits().body(), budget);
    } catch (RuntimeException | Error e) {
      end.run();
      exchange.fail(e);
      return;
    }
    end.run();
    Runnable released = ModelCalls.runOnce(() -> budget.release(inflated.taken()));
    call(exchange, path, inflated.bytes(), deadline, released);
  }

  private void call(Exchange exchange, RestPath path, byte[] body, long deadline, Runnable end) {
    calls
        .call(path.target(), exchange.record(), deadline, end, lease -> prepare(path, body, lease))
        .whenComplete(
            (bytes, failure) -> {
              if (failure == null) {
                exchange.answer(bytes);
              } else {
                exchange.fail(failure);
              }
            });
  }

  private static PreparedCall<byte[]> prepare(RestPath path, byte[] body, Lease lease) {
    if (path.verb().equals("predict")) {
      PredictRequest request = PredictRequestReader.read(body, lease.description());
      return new PreparedCall<>(
          request.signature(),
          request.inputs(),
          outputs -> ResponseWriter.prediction(outputs, request.rows()));
    }
    ExampleCall kind = ExampleCall.valueOf(path.verb().toUpperCase(Locale.ROOT));
    ExamplesRequest request = ExamplesRequestReader.read(body);
    int examples = request.examples().size();
    return new PreparedCall<>(
        kind.signature(lease.description(), request.signature()),
        ExampleCall.inputs(request),
        outputs ->
            kind == ExampleCall.CLASSIFY
                ? ResponseWriter.classifications(outputs, examples)
                : ResponseWriter.regressions(outputs, examples));
  }

  private static ServingException bodyFailure(Throwable failure) {
    if (failure instanceof ServingException known) {
      return known;
    }
    if (failure instanceof Error) {
      return new ServingException(ServingStatus.UNAVAILABLE, "memory", Background.reason(failure));
    }
    return failure instanceof TimeoutException
        ? new ServingException(
            ServingStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
        : new ServingException(
            ServingStatus.INVALID_ARGUMENT,
            "aborted",
            "The request did not arrive: " + failure.getMessage());
  }
}
