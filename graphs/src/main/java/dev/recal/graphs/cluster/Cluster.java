package dev.recal.graphs.cluster;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.JsonRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The addresses of all workers, and which of them this process is. Worker 0 is the chief: it alone
 * evaluates and writes the run's directory.
 *
 * <p>The connections are plain gRPC: whoever reaches a port can read and change everything, and
 * TensorFlow listens on all of a machine's addresses. So the ports must be reachable for the
 * workers only.
 *
 * @param workers {@code host:port} of each, the same list in every process
 * @param task which of them this process is, from 0
 * @param timeout of a step, after which a worker counts as lost: longer than the slowest step. The
 *     first one may take ten minutes longer
 */
public record Cluster(List<String> workers, int task, Duration timeout) {

  /** The environment variable that TensorFlow's own clusters are described by. */
  public static final String TF_CONFIG = "TF_CONFIG";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(300);
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+\\]):(\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  /** Rejects addresses that are malformed or repeated, a task outside, and timeouts below 1 s. */
  public Cluster {
    workers = List.copyOf(workers);
    Objects.requireNonNull(timeout, "timeout");
    Arguments.atLeast(1, "number of workers", workers.size());
    workers.forEach(Cluster::requireAddress);
    Arguments.require(
        new HashSet<>(workers).size() == workers.size(), "cluster", "different addresses", workers);
    Arguments.require(
        task >= 0 && task < workers.size(),
        "task",
        "a number from 0 to "
            + (workers.size() - 1)
            + ", since there are "
            + workers.size()
            + " workers",
        task);
    Arguments.require(
        timeout.compareTo(Duration.ofSeconds(1)) >= 0, "timeout", "at least 1 s", timeout);
  }

  private static void requireAddress(String address) {
    var matcher = ADDRESS.matcher(address);
    boolean valid = matcher.matches();
    if (valid) {
      int port = Integer.parseInt(matcher.group(2));
      valid = port >= 1 && port <= MAX_PORT;
    }
    Arguments.require(valid, "cluster", "addresses host:port", "'" + address + "'");
  }

  /**
   * Returns a cluster with the default timeout of 300 seconds.
   *
   * @param workers addresses joined by commas
   * @param task which of them this process is
   */
  public static Cluster of(String workers, int task) {
    return new Cluster(List.of(workers.split(",", -1)), task, DEFAULT_TIMEOUT);
  }

  /** Returns the same cluster with another timeout. */
  public Cluster withTimeout(Duration other) {
    return new Cluster(workers, task, other);
  }

  /**
   * Reads a cluster as TensorFlow's own programs get it: {@code {"cluster": {"worker":
   * ["host:port", …]}, "task": {"type": "worker", "index": 0}}}. A job {@code chief} of one task is
   * worker 0, as in TensorFlow.
   *
   * @param json the value of {@value #TF_CONFIG}
   * @return nothing if it describes no cluster, or one of a single process
   * @throws IllegalArgumentException if it is not of this form, or has parameter servers
   */
  public static Optional<Cluster> ofTfConfig(String json) {
    JsonObject config = parsed(json);
    if (!config.has("cluster")) {
      return Optional.empty();
    }
    JsonObject jobs = member(config, "cluster");
    List<String> workers = new ArrayList<>();
    int chiefs = 0;
    for (String job : jobs.keySet()) {
      Arguments.require(
          job.equals("worker") || job.equals("chief") || job.equals("evaluator"),
          TF_CONFIG,
          "the jobs 'worker' and 'chief'",
          "'" + job + "'");
    }
    if (jobs.has("chief")) {
      workers.addAll(addresses(jobs, "chief"));
      chiefs = workers.size();
      Arguments.require(chiefs <= 1, TF_CONFIG, "at most one chief", chiefs);
    }
    if (jobs.has("worker")) {
      workers.addAll(addresses(jobs, "worker"));
    }
    if (workers.size() <= 1) {
      return Optional.empty();
    }
    JsonObject task = member(config, "task");
    String type = text(task, "type");
    Arguments.require(
        type.equals("worker") || type.equals("chief"),
        TF_CONFIG,
        "a task of type 'worker' or 'chief'",
        "'" + type + "'");
    int index = number(task, "index");
    return Optional.of(
        new Cluster(workers, type.equals("chief") ? index : chiefs + index, DEFAULT_TIMEOUT));
  }

  private static JsonObject parsed(String json) {
    JsonElement parsed;
    try {
      parsed = JsonRecords.parse(json);
    } catch (IllegalArgumentException damaged) {
      throw new IllegalArgumentException(TF_CONFIG + ": " + damaged.getMessage(), damaged);
    }
    Arguments.require(parsed.isJsonObject(), TF_CONFIG, "a JSON object", "'" + json + "'");
    return parsed.getAsJsonObject();
  }

  private static JsonObject member(JsonObject object, String name) {
    JsonElement value = object.get(name);
    Arguments.require(
        value != null && value.isJsonObject(), TF_CONFIG, "an object '" + name + "'", value);
    return value.getAsJsonObject();
  }

  private static List<String> addresses(JsonObject jobs, String job) {
    JsonElement value = jobs.get(job);
    Arguments.require(value.isJsonArray(), TF_CONFIG, "a list of addresses '" + job + "'", value);
    JsonArray all = value.getAsJsonArray();
    List<String> addresses = new ArrayList<>();
    all.forEach(address -> addresses.add(address.isJsonPrimitive() ? address.getAsString() : ""));
    return addresses;
  }

  private static String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    Arguments.require(
        value != null && value.isJsonPrimitive(), TF_CONFIG, "a text '" + name + "'", value);
    return value.getAsString();
  }

  private static int number(JsonObject object, String name) {
    String value = text(object, name);
    Arguments.require(
        value.matches("\\d{1,6}"), TF_CONFIG, "a number '" + name + "'", "'" + value + "'");
    return Integer.parseInt(value);
  }
}
