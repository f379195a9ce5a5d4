package dev.recal.tools.serve;

import dev.recal.tools.serve.metrics.ServerMetrics;
import dev.recal.tools.serve.model.Lease;
import dev.recal.tools.serve.model.ModelTarget;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.ServedModels;
import dev.recal.tools.serve.model.ServingException;
import dev.recal.tools.serve.model.ServingStatus;
import dev.recal.tools.serve.rest.ModelJson;
import dev.recal.tools.serve.rest.OpenApi;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** What the server says about itself and its models, and the page. */
final class ServerPages {

  static final String METRICS = "/monitoring/prometheus/metrics";
  static final String HEALTH = "/healthz";
  static final String READY = "/readyz";
  static final String OPEN_API = "/openapi.json";
  static final String MODELS = "/v1/models";
  private static final String PAGE_MODEL = "/recal/model";

  private final ServedModels models;
  private final ServerMetrics metrics;
  private final Supplier<Optional<String>> notReady;
  private final PageFiles page = new PageFiles();

  /**
   * Prepares the pages.
   *
   * @param notReady why the server is not ready; empty if it is
   */
  ServerPages(ServedModels models, ServerMetrics metrics, Supplier<Optional<String>> notReady) {
    this.models = models;
    this.metrics = metrics;
    this.notReady = notReady;
  }

  /** Returns whether clients need no token: the page, which asks for it, and probes. */
  boolean isPublic(String path) {
    return page.isPublic(path) || path.equals(HEALTH) || path.equals(READY);
  }

  /**
   * Answers a request for one of these pages.
   *
   * @param get whether it only reads
   * @throws ServingException if there is no such page
   */
  void answer(Exchange exchange, boolean get) {
    String path = exchange.path();
    switch (get ? path : "") {
      case HEALTH -> exchange.answer(ModelJson.health(Optional.empty()));
      case READY -> ready(exchange);
      case METRICS -> exchange.answer(ServingStatus.OK, ServerMetrics.CONTENT_TYPE, metrics.text());
      case MODELS -> exchange.answer(ModelJson.models(models.all()));
      case OPEN_API -> exchange.answer(OpenApi.describe(models.all()));
      case PAGE_MODEL -> pageModel(exchange);
      default -> file(exchange, path, get);
    }
  }

  private void ready(Exchange exchange) {
    Optional<String> reason = notReady.get();
    exchange.header("Cache-Control", "no-store");
    exchange.answer(
        reason.isPresent() ? ServingStatus.UNAVAILABLE : ServingStatus.OK,
        Exchange.JSON,
        ModelJson.health(reason));
  }

  private void pageModel(Exchange exchange) {
    List<String> names = models.all().stream().map(ServedModel::name).toList();
    Fields.Field asked = Request.extractQueryParameters(exchange.request()).get("name");
    String name = asked != null ? asked.getValue() : names.isEmpty() ? "" : names.get(0);
    try (Lease lease = models.acquire(ModelTarget.latest(name))) {
      exchange.answer(ModelJson.page(name, names, lease.version(), lease.description()));
    }
  }

  private void file(Exchange exchange, String path, boolean get) {
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
                            + "; the page is at /, the models are at "
                            + MODELS));
    exchange.header("Content-Security-Policy", PageFiles.POLICY);
    exchange.header("Cache-Control", "no-cache");
    exchange.answer(ServingStatus.OK, file.type(), file.bytes());
  }

  /**
   * Answers a query about one model: its signatures, or the states of its versions.
   *
   * @throws ServingException if there is no such model or version
   */
  void describe(Exchange exchange, RestPath path) {
    if (path.verb().equals(RestPath.METADATA)) {
      try (Lease lease = models.acquire(path.target())) {
        exchange.answer(
            ModelJson.metadata(path.target().model(), lease.version(), lease.description()));
      }
      return;
    }
    exchange.answer(ModelJson.status(models.states(path.target())));
  }
}
