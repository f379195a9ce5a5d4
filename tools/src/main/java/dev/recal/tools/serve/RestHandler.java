package dev.recal.tools.serve;

import dev.recal.savedmodels.InputPixels;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TooManyPixelsException;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.Background;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ModelCall;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.model.VersionState;
import dev.recal.tools.serve.rest.ExampleCall;
import dev.recal.tools.serve.rest.ExamplesRequest;
import dev.recal.tools.serve.rest.ExamplesRequestReader;
import dev.recal.tools.serve.rest.ModelJson;
import dev.recal.tools.serve.rest.PredictRequest;
import dev.recal.tools.serve.rest.PredictRequestReader;
import dev.recal.tools.serve.rest.ResponseSize;
import dev.recal.tools.serve.rest.ResponseWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Handles requests; no thread waits for a client or for the model. */
final class RestHandler extends Handler.Abstract {

  // JSON is larger than its contents, and a response than its request.
  private static final long MAX_RESPONSE_RATIO = 8;
  private static final int LARGE_REQUEST_THREADS = 2;
  private static final int LARGE_RESPONSE_VALUES = 1 << 16;

  private final ServedModel model;
  private final ServeLimits limits;
  private final SlowClients slowClients;
  private final MemoryBudget budget;
  private final AccessCheck access;
  private final Executor executor;
  // Reading and writing JSON of megabytes keeps a thread busy; small requests find others free.
  private final ExecutorService large =
      Background.executor("large-requests", LARGE_REQUEST_THREADS);
  private final PageFiles page = new PageFiles();

  RestHandler(
      ServedModel model,
      ServeLimits limits,
      SlowClients slowClients,
      MemoryBudget budget,
      AccessCheck access,
      Executor executor) {
    this.model = model;
    this.limits = limits;
    this.slowClients = slowClients;
    this.budget = budget;
    this.access = access;
    this.executor = executor;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // A request has its own deadline, independent of its connection.
    request.addIdleTimeoutListener(timeout -> false);
    Exchange exchange = new Exchange(request, response, callback, slowClients::remove);
    slowClients.add(exchange);
    try {
      access.require(request);
      allowOrigin(exchange);
      route(exchange);
    } catch (Throwable failure) {
      // Any failure gets a response, and does not affect other requests.
      exchange.fail(failure);
    }
    return true;
  }

  // Lets the browser show the response to an allowed page.
  private void allowOrigin(Exchange exchange) {
    Optional<String> origin = access.origin(exchange.request().getHeaders());
    boolean allowed = origin.isPresent() && access.isAllowed(origin.get());
    exchange.header("Cross-Origin-Resource-Policy", allowed ? "cross-origin" : "same-origin");
    if (allowed) {
      exchange.header("Access-Control-Allow-Origin", origin.get());
      exchange.header("Vary", "Origin");
    }
  }

  // A browser's preflight request for another origin.
  private static void preflight(Exchange exchange) {
    exchange.received();
    exchange.header("Access-Control-Allow-Methods", "GET, POST");
    exchange.header("Access-Control-Allow-Headers", "Authorization, Content-Type");
    exchange.header("Access-Control-Allow-Private-Network", "true");
    exchange.header("Access-Control-Max-Age", "600");
    exchange.answer(ServingStatus.OK, "text/plain", new byte[0]);
  }

  private void route(Exchange exchange) {
    String method = exchange.request().getMethod();
    String path = exchange.path();
    boolean get = method.equals("GET") || method.equals("HEAD");
    if (get) {
      exchange.received();
    }
    boolean expectsContinue =
        method.equals("OPTIONS")
            && exchange.request().getHeaders().contains("Access-Control-Request-Method");
    if (expectsContinue && access.origin(exchange.request().getHeaders()).isPresent()) {
      preflight(exchange);
      return;
    }
    if (!page.isPublic(path)) {
      access.requireToken(exchange.request());
    }
    if (!path.toLowerCase(Locale.ROOT).startsWith("/v1/")) {
      servePage(exchange, path, get);
      return;
    }
    Optional<RestPath> parsed = RestPath.parse(path);
    boolean fits = parsed.isPresent() && (parsed.get().isCall() ? method.equals("POST") : get);
    if (!fits) {
      throw ServingException.invalid("Malformed request: " + method + " " + path);
    }
    RestPath rest = parsed.get();
    if (!rest.isCall()) {
      describe(exchange, rest);
      return;
    }
    String encoding = exchange.request().getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new ServingException(
          ServingStatus.UNSUPPORTED_ENCODING,
          "The body is encoded as '" + encoding + "'; only plain JSON is supported.");
    }
    read(exchange, rest);
  }

  private void servePage(Exchange exchange, String path, boolean get) {
    if (get && path.equals("/recal/model")) {
      try (Lease lease = model.acquire(OptionalLong.empty())) {
        exchange.answer(ModelJson.page(model.name(), lease.version(), lease.description()));
      }
      return;
    }
    PageFiles.PageFile file =
        page.find(path)
            .filter(found -> get)
            .orElseThrow(
                () ->
                    new ServingException(
                        ServingStatus.NOT_FOUND,
                        "Nothing is served at "
                            + exchange.request().getMethod()
                            + " "
                            + path
                            + "; the page is at /, the model at /v1/models/"
                            + model.name()));
    exchange.header("Content-Security-Policy", PageFiles.POLICY);
    exchange.header("Cache-Control", "no-cache");
    exchange.answer(ServingStatus.OK, file.type(), file.bytes());
  }

  private void describe(Exchange exchange, RestPath path) {
    refuseLabel(path);
    if (path.verb().equals(RestPath.METADATA)) {
      try (Lease lease = acquire(path)) {
        exchange.answer(ModelJson.metadata(model.name(), lease.version(), lease.description()));
      }
      return;
    }
    List<VersionState> states =
        path.model().equals(model.name())
            ? model.states().stream()
                .filter(
                    state ->
                        path.version().isEmpty() || path.version().getAsLong() == state.version())
                .toList()
            : List.of();
    if (states.isEmpty()) {
      throw new ServingException(
          ServingStatus.NOT_FOUND,
          path.version().isPresent()
              ? "Could not find version " + path.version().getAsLong() + " of model " + path.model()
              : "Could not find any versions of model " + path.model());
    }
    exchange.answer(ModelJson.status(states));
  }

  private void read(Exchange exchange, RestPath path) {
    BodyReader[] reader = new BodyReader[1];
    Runnable end = runOnce(() -> budget.release(reader[0].taken()));
    reader[0] =
        new BodyReader(
            exchange.request(),
            limits.body(),
            budget,
            (body, failure) -> {
              if (failure != null) {
                end.run();
                exchange.fail(bodyFailure(failure));
                return;
              }
              exchange.received();
              long deadline = System.nanoTime() + limits.timeout().toNanos();
              Runnable called =
                  () -> {
                    try {
                      requireTime(deadline);
                      call(exchange, path, body, deadline, end);
                    } catch (Throwable problem) {
                      end.run();
                      exchange.fail(problem);
                    }
                  };
              if (body.length > MemoryBudget.SMALL_BODY) {
                large.execute(called);
              } else {
                called.run();
              }
            });
    reader[0].run();
  }

  private static void requireTime(long deadline) throws TimeoutException {
    if (System.nanoTime() - deadline > 0) {
      throw new TimeoutException();
    }
  }

  private static Runnable runOnce(Runnable task) {
    AtomicBoolean ran = new AtomicBoolean();
    return () -> {
      if (!ran.getAndSet(true)) {
        task.run();
      }
    };
  }

  private static ServingException bodyFailure(Throwable failure) {
    if (failure instanceof ServingException known) {
      return known;
    }
    if (failure instanceof Error) {
      return new ServingException(ServingStatus.UNAVAILABLE, Background.reason(failure));
    }
    return failure instanceof TimeoutException
        ? new ServingException(
            ServingStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
        : ServingException.invalid("The request did not arrive: " + failure.getMessage());
  }

  // Either throws, so that the caller completes the exchange, or completes it.
  private void call(Exchange exchange, RestPath path, byte[] body, long deadline, Runnable end) {
    refuseLabel(path);
    Lease lease = acquire(path);
    try {
      if (path.verb().equals("predict")) {
        PredictRequest request = PredictRequestReader.read(body, lease.description());
        answer(
            exchange,
            lease,
            deadline,
            end,
            request.signature(),
            request.inputs(),
            outputs -> ResponseWriter.prediction(outputs, request.rows()));
      } else {
        ExampleCall kind = ExampleCall.valueOf(path.verb().toUpperCase(Locale.ROOT));
        ExamplesRequest request = ExamplesRequestReader.read(body);
        int examples = request.examples().size();
        answer(
            exchange,
            lease,
            deadline,
            end,
            kind.signature(lease.description(), request.signature()),
            ExampleCall.inputs(request),
            outputs ->
                kind == ExampleCall.CLASSIFY
                    ? ResponseWriter.classifications(outputs, examples)
                    : ResponseWriter.regressions(outputs, examples));
      }
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private void answer(
      Exchange exchange,
      Lease lease,
      long deadline,
      Runnable end,
      SignatureDescription signature,
      Map<String, TensorValue> inputs,
      Function<Map<String, TensorValue>, byte[]> writer) {
    InputPixels pixels = check(lease, signature, inputs);
    ResponseSize.check(signature, inputs, MAX_RESPONSE_RATIO * limits.body());
    // The request's memory is released when the model no longer uses it, which may be after the
    // client got a timeout.
    Runnable released =
        () -> {
          lease.close();
          end.run();
        };
    ModelCall call =
        new ModelCall(
            signature,
            inputs,
            pixels,
            Request.getRemoteAddr(exchange.request()),
            deadline,
            released);
    lease
        .call(call)
        .orTimeout(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
        .thenComposeAsync(
            outputs -> {
              ResponseSize.checkOutputs(signature, outputs, MAX_RESPONSE_RATIO * limits.body());
              return written(outputs, writer);
            },
            executor)
        .whenComplete(
            (bytes, failure) -> {
              if (failure == null) {
                exchange.answer(bytes);
              } else {
                exchange.fail(failure);
              }
            });
  }

  private CompletableFuture<byte[]> written(
      Map<String, TensorValue> outputs, Function<Map<String, TensorValue>, byte[]> writer) {
    long elements = outputs.values().stream().mapToLong(TensorValue::length).sum();
    return elements > LARGE_RESPONSE_VALUES
        ? CompletableFuture.supplyAsync(() -> writer.apply(outputs), large)
        : CompletableFuture.completedFuture(writer.apply(outputs));
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    large.shutdown();
  }

  private static InputPixels check(
      Lease lease, SignatureDescription signature, Map<String, TensorValue> inputs) {
    try {
      return lease.check(signature, inputs);
    } catch (TooManyPixelsException e) {
      throw new ServingException(
          ServingStatus.TOO_LARGE,
          "The images are too large: " + e.detail() + " Set the limit with --max-pixels.");
    }
  }

  private Lease acquire(RestPath path) {
    if (!path.model().equals(model.name())) {
      String wanted =
          path.version().isPresent()
              ? "Specific(" + path.model() + ", " + path.version().getAsLong() + ")"
              : "Latest(" + path.model() + ")";
      throw new ServingException(
          ServingStatus.NOT_FOUND, "Servable not found for request: " + wanted);
    }
    return model.acquire(path.version());
  }

  // Version labels are part of TensorFlow Serving's configuration, which this server does not have.
  private static void refuseLabel(RestPath path) {
    path.label()
        .ifPresent(
            label -> {
              throw ServingException.invalid("Unrecognized servable version label: " + label);
            });
  }
}
