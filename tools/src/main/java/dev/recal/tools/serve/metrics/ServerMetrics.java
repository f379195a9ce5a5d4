package dev.recal.tools.serve.metrics;

import dev.recal.tools.serve.call.RequestObserver;
import dev.recal.tools.serve.call.RequestRecord;
import dev.recal.tools.serve.model.ModelEvents;
import dev.recal.tools.serve.model.ServedModel;
import dev.recal.tools.serve.model.ServedModels;
import dev.recal.tools.serve.model.VersionState;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The server's metrics: TensorFlow Serving's, under its names and in its units, and the server's
 * own, whose names begin with {@code recal_}. Labels never contain text of a client: a model is
 * named only if it is served.
 */
public final class ServerMetrics implements RequestObserver, ModelEvents {

  /** The type of {@link #text}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  // TensorFlow Serving's: 10 microseconds, each bucket 1.8 times as wide as the one before.
  private static final int BUCKETS = 33;
  private static final double FIRST_BUCKET = 10;
  private static final double BUCKET_GROWTH = 1.8;
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };
  private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

  // Rates of a counter begin with its second value, so these begin with 0.
  private static final List<String> REASONS =
      List.of("queue_full", "memory", "body_size", "pixels", "json", "token", "deadline_exceeded");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final UnsuffixedCounter requestCount =
      new UnsuffixedCounter(
          ":tensorflow:serving:request_count", "Requests to a model.", "model_name", "status");
  private final UnsuffixedCounter loadAttempts =
      new UnsuffixedCounter(
          ":tensorflow:cc:saved_model:load_attempt_count",
          "Attempts to load a version.",
          "model_path",
          "status");
  private final UnsuffixedCounter loadLatency =
      new UnsuffixedCounter(
          ":tensorflow:cc:saved_model:load_latency",
          "Time of loading versions, in microseconds.",
          "model_path");
  private final Histogram requestLatency =
      histogram(
          ":tensorflow:serving:request_latency",
          "Time from a request to its response, in microseconds.",
          microseconds(),
          "model_name",
          "API",
          "entrypoint");
  private final Counter examples =
      Counter.builder()
          .name(":tensorflow:serving:request_example_count_total")
          .help("Rows of the requests to a model.")
          .labelNames("model")
          .register(registry);
  private final Counter requests =
      Counter.builder()
          .name("recal_serving_requests_total")
          .help("Requests to a model, by version, signature and status.")
          .labelNames("model", "version", "signature", "entrypoint", "status")
          .register(registry);
  private final Histogram requestSeconds =
      histogram(
          "recal_serving_request_seconds",
          "Time from a request to its response, by version and signature.",
          SECONDS,
          "model",
          "version",
          "signature");
  private final Counter rejected =
      Counter.builder()
          .name("recal_serving_rejected_requests_total")
          .help("Requests that were not answered, by reason.")
          .labelNames("reason")
          .register(registry);
  private final Gauge inFlight =
      Gauge.builder()
          .name("recal_serving_in_flight_requests")
          .help("Requests that have begun and are not answered.")
          .labelNames("entrypoint")
          .register(registry);
  private final Histogram batchRows =
      histogram("recal_serving_batch_rows", "Rows of the batches that were run.", ROWS, "model");
  private final Histogram batchSeconds =
      histogram("recal_serving_batch_seconds", "Time of the batches.", SECONDS, "model");
  private final Gauge loadSeconds =
      Gauge.builder()
          .name("recal_serving_model_load_seconds")
          .help("How long the loading of a version took, with its verification and warm-up.")
          .labelNames("model", "version")
          .register(registry);

  /** Creates metrics without values. */
  public ServerMetrics() {
    registry.register(requestCount);
    registry.register(loadAttempts);
    registry.register(loadLatency);
    REASONS.forEach(rejected::initLabelValues);
    for (RequestRecord.Protocol protocol : RequestRecord.Protocol.values()) {
      inFlight.labelValues(protocol.label()).set(0);
    }
    ProcessMetrics.register(registry);
  }

  /** Also reports the states and queues of models. */
  public void watch(ServedModels models) {
    GaugeWithCallback.builder()
        .name("recal_serving_queue_length")
        .help("Requests that wait for a model.")
        .labelNames("model")
        .callback(gauge -> models.all().forEach(model -> gauge.call(model.waiting(), model.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("recal_serving_model_state")
        .help("1 for the state of each version: loading, available, unloading or end.")
        .labelNames("model", "version", "state")
        .callback(
            gauge -> {
              for (ServedModel model : models.all()) {
                for (VersionState state : model.states()) {
                  gauge.call(
                      1,
                      model.name(),
                      Long.toString(state.version()),
                      state.state().name().toLowerCase(Locale.ROOT));
                }
              }
            })
        .register(registry);
    GaugeWithCallback.builder()
        .name("recal_serving_ready")
        .help("1 if every model has a version that answers.")
        .callback(gauge -> gauge.call(models.notReady().isEmpty() ? 1 : 0))
        .register(registry);
  }

  /** Also reports the bytes that remain for the bodies of requests. */
  public void watchBudget(LongSupplier available) {
    GaugeWithCallback.builder()
        .name("recal_serving_body_budget_bytes")
        .help("Bytes that remain for the bodies of requests.")
        .callback(gauge -> gauge.call(available.getAsLong()))
        .register(registry);
  }

  /** Also reports the lines that the access log lost. */
  public void watchLog(LongSupplier lost) {
    GaugeWithCallback.builder()
        .name("recal_serving_access_log_lost_lines")
        .help("Lines that the access log could not write.")
        .callback(gauge -> gauge.call(lost.getAsLong()))
        .register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames(labels)
        .register(registry);
  }

  private static double[] microseconds() {
    double[] bounds = new double[BUCKETS];
    double bound = FIRST_BUCKET;
    for (int i = 0; i < BUCKETS; i++) {
      bounds[i] = bound;
      bound *= BUCKET_GROWTH;
    }
    return bounds;
  }

  /** Returns all metrics as text. */
  public byte[] text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.builder().build().write(bytes, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void started(RequestRecord request) {
    inFlight.labelValues(request.protocol().label()).inc();
  }

  @Override
  public void finished(RequestRecord request) {
    String entrypoint = request.protocol().label();
    inFlight.labelValues(entrypoint).dec();
    if (!request.reason().isEmpty()) {
      rejected.labelValues(request.reason()).inc();
    }
    if (request.model().isEmpty()) {
      return;
    }
    String model = request.model();
    String version = Long.toString(request.version().orElse(0));
    requestCount.add(1, model, request.code());
    requestLatency
        .labelValues(model, request.api(), entrypoint)
        .observe(request.nanoseconds() / 1e3);
    examples.labelValues(model).inc(request.rows());
    requests.labelValues(model, version, request.signature(), entrypoint, request.code()).inc();
    requestSeconds
        .labelValues(model, version, request.signature())
        .observe(request.nanoseconds() / 1e9);
  }

  @Override
  public void loaded(String model, Path directory, long version, long nanoseconds) {
    loadAttempts.add(1, directory.toString(), "success");
    loadLatency.add(nanoseconds / 1000, directory.toString());
    loadSeconds.labelValues(model, Long.toString(version)).set(nanoseconds / 1e9);
  }

  @Override
  public void loadFailed(String model, Path directory) {
    loadAttempts.add(1, directory.toString(), "fail");
  }

  @Override
  public void batchRan(String model, int rows, long nanoseconds) {
    batchRows.labelValues(model).observe(rows);
    batchSeconds.labelValues(model).observe(nanoseconds / 1e9);
  }
}
