package dev.recal.tools.serve;

import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.call.RequestRecord.Protocol;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Handles requests; no thread waits for a client or for the model. */
final class RestHandler extends Handler.Abstract {

  private final AccessCheck access;
  private final SlowClients slowClients;
  private final ServerPages pages;
  private final RestCalls calls;
  private final RequestObserver observer;

  RestHandler(
      AccessCheck access,
      SlowClients slowClients,
      ServerPages pages,
      RestCalls calls,
      RequestObserver observer) {
    this.access = access;
    this.slowClients = slowClients;
    this.pages = pages;
    this.calls = calls;
    this.observer = observer;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // A request has its own deadline, independent of its connection.
    request.addIdleTimeoutListener(timeout -> false);
    RequestRecord record =
        new RequestRecord(
            Protocol.REST,
            Request.getRemoteAddr(request),
            request.getMethod(),
            Request.getPathInContext(request),
            observer);
    Exchange exchange = new Exchange(request, response, callback, record, slowClients::remove);
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
    exchange.header(
        "Access-Control-Allow-Headers", "Authorization, Content-Encoding, Content-Type");
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
    boolean asksFirst =
        method.equals("OPTIONS")
            && exchange.request().getHeaders().contains("Access-Control-Request-Method");
    if (asksFirst && access.origin(exchange.request().getHeaders()).isPresent()) {
      preflight(exchange);
      return;
    }
    if (!pages.isPublic(path)) {
      access.requireToken(exchange.request());
    }
    boolean own =
        !path.toLowerCase(Locale.ROOT).startsWith("/v1/") || get && path.equals(ServerPages.MODELS);
    if (own) {
      pages.answer(exchange, get);
      return;
    }
    Optional<RestPath> parsed = RestPath.parse(path);
    boolean fits = parsed.isPresent() && (parsed.get().isCall() ? method.equals("POST") : get);
    if (!fits) {
      throw ServingException.invalid("Malformed request: " + method + " " + path);
    }
    if (parsed.get().isCall()) {
      calls.answer(exchange, parsed.get());
    } else {
      pages.describe(exchange, parsed.get());
    }
  }
}
