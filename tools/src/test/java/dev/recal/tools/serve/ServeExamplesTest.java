package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.tools.Main;
import dev.recal.tools.serve.config.ModelsConfig;
import dev.recal.tools.serve.model.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine.Model.CommandSpec;

/** The files in {@code examples/serve}: their options, paths and metrics exist. */
@Timeout(60)
class ServeExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "examples", "serve");
  private static final Pattern METRIC =
      Pattern.compile("(:tensorflow:[a-z_:]+|(?:recal|jvm|process)_[a-z_]+)");
  private static final int TIMEOUT_SECONDS = 30;

  @TempDir private Path directory;

  private static Iterable<Object> yaml(String name) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(Files.readString(EXAMPLES.resolve(name)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  // A value by its path, for example spec.ports.0.port.
  private static Object at(Object document, String path) {
    Object value = document;
    for (String key : path.split("\\.")) {
      value = value instanceof List<?> list ? list.get(Integer.parseInt(key)) : map(value).get(key);
    }
    return value;
  }

  /** Returns the options by name, which must exist, with their values. */
  private static Map<String, String> options(List<String> words) {
    CommandSpec serve = Main.commandLine().getSubcommands().get("serve").getCommandSpec();
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String[] parts = words.get(i).split("=", 2);
      assertThat(serve.findOption(parts[0])).as(parts[0]).isNotNull();
      options.put(parts[0], parts.length > 1 ? parts[1] : words.get(++i));
    }
    return options;
  }

  @Test
  void unitStopsAfterTheRunningRequests() throws IOException {
    String unit =
        Files.readString(EXAMPLES.resolve("recal-serve.service")).replaceAll("\\\\\\n\\s*", "");
    // The place of the script in an unpacked distribution.
    Matcher start =
        Pattern.compile("(?m)^ExecStart=/opt/recal/bin/recal serve (.*)$").matcher(unit);
    assertThat(start.find()).isTrue();
    Map<String, String> options = options(List.of(start.group(1).trim().split("\\s+")));
    Matcher stop = Pattern.compile("(?m)^TimeoutStopSec=(\\d+)$").matcher(unit);
    assertThat(stop.find()).isTrue();
    assertThat(Integer.parseInt(stop.group(1)))
        .isGreaterThan(TIMEOUT_SECONDS + Integer.parseInt(options.get("--drain")));
    assertThat(unit).contains("SuccessExitStatus=143");
    assertThat(ModelsConfig.read(EXAMPLES.resolve("models.config")))
        .extracting(ModelSettings::name)
        .containsExactly("photos", "shapes");
  }

  @Test
  void podsAreProbedAndStopInTime() throws IOException {
    Map<String, Map<String, Object>> kinds = new HashMap<>();
    yaml("kubernetes.yaml").forEach(one -> kinds.put(map(one).get("kind").toString(), map(one)));
    Object pod = at(kinds.get("Deployment"), "spec.template.spec");
    List<String> words = new ArrayList<>();
    ((List<?>) at(pod, "containers.0.args")).forEach(word -> words.add(word.toString()));
    Map<String, String> options = options(words);
    assertThat((Integer) at(pod, "terminationGracePeriodSeconds"))
        .isGreaterThan(TIMEOUT_SECONDS + Integer.parseInt(options.get("--drain")));
    assertThat(at(pod, "containers.0.ports.0.containerPort").toString())
        .isEqualTo(options.get("--port"))
        .isEqualTo(at(kinds.get("Service"), "spec.ports.0.port").toString());
    assertThat(at(pod, "containers.0.ports.1.containerPort").toString())
        .isEqualTo(options.get("--grpc-port"))
        .isEqualTo(at(kinds.get("Service"), "spec.ports.1.port").toString());
    assertThat(options).containsEntry("--allow-host", name(kinds.get("Service")));
    assertThat(at(pod, "containers.0.startupProbe.httpGet.path")).isEqualTo(ServerPages.READY);
    assertThat(at(pod, "containers.0.readinessProbe.httpGet.path")).isEqualTo(ServerPages.READY);
    assertThat(at(pod, "containers.0.livenessProbe.httpGet.path")).isEqualTo(ServerPages.HEALTH);
    assertThat(map(at(kinds.get("Deployment"), "spec.template.metadata.annotations")))
        .containsEntry("prometheus.io/path", ServerPages.METRICS)
        .containsEntry("prometheus.io/port", options.get("--port"));
    assertThat(map(at(kinds.get("Deployment"), "spec.template.metadata.labels")))
        .containsAllEntriesOf(map(at(kinds.get("Service"), "spec.selector")));
    Path config = directory.resolve("models.config");
    Files.writeString(
        config, map(kinds.get("ConfigMap").get("data")).get("models.config").toString());
    assertThat(ModelsConfig.read(config)).hasSize(1);
  }

  private static String name(Object document) {
    return at(document, "metadata.name").toString();
  }

  @Test
  void dashboardAndAlertsUseMetricsThatExist() throws Exception {
    Set<String> used = new HashSet<>();
    JsonObject dashboard =
        JsonParser.parseString(Files.readString(EXAMPLES.resolve("grafana.json")))
            .getAsJsonObject();
    Set<Integer> ids = new HashSet<>();
    for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
      assertThat(ids.add(panel.getAsJsonObject().get("id").getAsInt())).isTrue();
      JsonArray targets = panel.getAsJsonObject().getAsJsonArray("targets");
      targets.forEach(target -> add(used, target.getAsJsonObject().get("expr").getAsString()));
    }
    StreamSupport.stream(yaml("alerts.yml").spliterator(), false)
        .flatMap(one -> ((List<?>) at(one, "groups.0.rules")).stream())
        .forEach(rule -> add(used, at(rule, "expr").toString()));
    for (Object one : yaml("prometheus.yml")) {
      assertThat(at(one, "scrape_configs.0.metrics_path")).isEqualTo(ServerPages.METRICS);
    }
    Path model = ScaleModel.write(directory.resolve("m/1"), 2f).getParent();
    try (ModelServer server = ModelServer.start(model, ServeSettings.defaults())) {
      Http http = new Http(server.uri());
      http.post("/v1/models/m:predict", "{\"instances\": [[1, 2]]}");
      String text = http.get(ServerPages.METRICS).body();
      // The run is counted after the response.
      while (!text.contains("recal_serving_batch_rows_count")) {
        Thread.sleep(10);
        text = http.get(ServerPages.METRICS).body();
      }
      MetricsText metrics = new MetricsText(text);
      assertThat(used)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              name ->
                  assertThat(metrics.families())
                      .containsAnyOf(name, name.replaceFirst("_(bucket|sum|count)$", "")));
    }
  }

  private static void add(Set<String> used, String expression) {
    Matcher matcher = METRIC.matcher(expression);
    while (matcher.find()) {
      used.add(matcher.group());
    }
  }
}
