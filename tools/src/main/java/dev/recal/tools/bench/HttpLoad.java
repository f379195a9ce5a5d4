package dev.recal.tools.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that repeat one request. */
public final class HttpLoad {

  // Latencies are counted in steps of a twentieth of a millisecond, so that long runs need no more
  // memory.
  private static final int BUCKETS_PER_MILLISECOND = 20;
  private static final int MAX_MILLISECONDS = 60_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpRequest request;

  /** The results of one client. */
  private record ClientResult(long[] counts, long requests, long errors) {}

  /**
   * Prepares a load.
   *
   * @param target the URL
   * @param body the request body
   */
  public HttpLoad(URI target, String body) {
    request =
        HttpRequest.newBuilder(target)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
  }

  /**
   * Sends one request.
   *
   * @return the response body
   * @throws IOException if it is an error
   */
  public String ask() throws IOException, InterruptedException {
    var response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "The server answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  /** Runs the given number of clients for some seconds. */
  public LoadResult run(int clients, double seconds) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long begin = System.nanoTime();
      long end = begin + (long) (seconds * 1e9);
      List<Future<ClientResult>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(threads.submit(() -> ask(end)));
      }
      long[] counts = new long[BUCKETS_PER_MILLISECOND * MAX_MILLISECONDS];
      long requests = 0;
      long errors = 0;
      for (Future<ClientResult> one : all) {
        ClientResult client = one.get();
        Arrays.setAll(counts, i -> counts[i] + client.counts()[i]);
        requests += client.requests();
        errors += client.errors();
      }
      double elapsed = (System.nanoTime() - begin) / 1e9;
      return new LoadResult(
          clients,
          requests,
          errors,
          elapsed,
          within(counts, requests, 0.5),
          within(counts, requests, 0.99));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private ClientResult ask(long end) throws InterruptedException {
    long[] counts = new long[BUCKETS_PER_MILLISECOND * MAX_MILLISECONDS];
    long requests = 0;
    long errors = 0;
    while (System.nanoTime() < end) {
      long sent = System.nanoTime();
      boolean right;
      try {
        right = client.send(request, BodyHandlers.discarding()).statusCode() == 200;
      } catch (IOException e) {
        right = false;
      }
      if (right) {
        long step = (System.nanoTime() - sent) * BUCKETS_PER_MILLISECOND / 1_000_000;
        counts[(int) Math.min(counts.length - 1, step)]++;
        requests++;
      } else {
        errors++;
      }
    }
    return new ClientResult(counts, requests, errors);
  }

  private static double within(long[] counts, long requests, double share) {
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i];
      if (sum > 0 && sum >= share * requests) {
        return (i + 1) / (double) BUCKETS_PER_MILLISECOND;
      }
    }
    return Double.NaN;
  }
}
