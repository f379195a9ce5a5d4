package dev.recal.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The manifests in {@code examples/kubernetes}: what must agree between them, and their script. */
class KubernetesExampleTest {

  private static final Path EXAMPLES = Path.of("..", "examples", "kubernetes");
  private static final Map<String, Map<String, Object>> KINDS = new HashMap<>();
  private static final List<Map<String, Object>> CLAIMS = new ArrayList<>();

  @TempDir private Path directory;

  @BeforeAll
  static void read() throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    for (String name : List.of("train.yaml", "network-policy.yaml", "storage.yaml")) {
      String text = Files.readString(EXAMPLES.resolve(name));
      StreamSupport.stream(yaml.loadAll(text).spliterator(), false)
          .map(KubernetesExampleTest::map)
          .forEach(
              document -> {
                KINDS.put(document.get("kind").toString(), document);
                if (document.get("kind").equals("PersistentVolumeClaim")) {
                  CLAIMS.add(document);
                }
              });
    }
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

  private static Object job(String path) {
    return at(KINDS.get("Job"), "spec." + path);
  }

  private static Map<String, Object> environment() {
    Map<String, Object> environment = new HashMap<>();
    for (Object variable : (List<?>) job("template.spec.containers.0.env")) {
      environment.put(at(variable, "name").toString(), at(variable, "value"));
    }
    return environment;
  }

  @Test
  void podsFindEachOther() {
    Map<String, Object> service = KINDS.get("Service");
    assertThat(at(service, "spec.clusterIP")).isEqualTo("None");
    assertThat(at(service, "spec.publishNotReadyAddresses")).isEqualTo(true);
    assertThat(job("completionMode")).isEqualTo("Indexed");
    assertThat(job("completions")).isEqualTo(job("parallelism"));
    assertThat(environment())
        .containsEntry("WORKERS", job("completions").toString())
        .containsEntry("JOB_NAME", at(KINDS.get("Job"), "metadata.name"))
        .containsEntry("SERVICE", at(service, "metadata.name"))
        .containsEntry("PORT", at(service, "spec.ports.0.port").toString());
    assertThat(job("template.spec.subdomain")).isEqualTo(at(service, "metadata.name"));
    assertThat(job("template.spec.containers.0.ports.0.containerPort"))
        .isEqualTo(at(service, "spec.ports.0.targetPort"));
    assertThat(map(job("template.metadata.labels")))
        .containsAllEntriesOf(map(at(service, "spec.selector")));
  }

  @Test
  void onlyWorkersReachWorkers() {
    Map<String, Object> policy = KINDS.get("NetworkPolicy");
    Map<String, Object> selected = map(at(policy, "spec.podSelector.matchLabels"));
    assertThat(map(job("template.metadata.labels"))).containsAllEntriesOf(selected);
    assertThat(at(policy, "spec.policyTypes")).isEqualTo(List.of("Ingress"));
    assertThat(at(policy, "spec.ingress"))
        .isEqualTo(
            List.of(
                Map.of(
                    "from", List.of(Map.of("podSelector", Map.of("matchLabels", selected))),
                    "ports",
                        List.of(
                            Map.of(
                                "protocol",
                                "TCP",
                                "port",
                                at(KINDS.get("Service"), "spec.ports.0.port"))))));
  }

  @Test
  void podsAreReplacedUnlessARestartCannotHelp() {
    // podFailurePolicy and backoffLimitPerIndex are refused with another one.
    assertThat(job("template.spec.restartPolicy")).isEqualTo("Never");
    assertThat((Integer) job("backoffLimitPerIndex")).isPositive();
    assertThat(job("maxFailedIndexes")).isEqualTo(0);
    assertThat(job("podFailurePolicy.rules.1"))
        .isEqualTo(
            Map.of(
                "action",
                "FailJob",
                "onExitCodes",
                Map.of(
                    "containerName", job("template.spec.containers.0.name"),
                    "operator", "In",
                    "values", List.of(1, 2))));
    assertThat((Integer) job("template.spec.terminationGracePeriodSeconds")).isGreaterThan(28);
  }

  @Test
  void volumesAreThere() {
    List<Object> claims = CLAIMS.stream().map(claim -> at(claim, "metadata.name")).toList();
    List<Object> names = new ArrayList<>();
    for (Object volume : (List<?>) job("template.spec.volumes")) {
      names.add(at(volume, "name"));
      if (map(volume).containsKey("persistentVolumeClaim")) {
        assertThat(claims).contains(at(volume, "persistentVolumeClaim.claimName"));
      }
    }
    for (Object mount : (List<?>) job("template.spec.containers.0.volumeMounts")) {
      assertThat(names).contains(at(mount, "name"));
    }
    assertThat(CLAIMS)
        .allSatisfy(
            claim -> assertThat(at(claim, "spec.accessModes")).isEqualTo(List.of("ReadWriteMany")));
    String script = job("template.spec.containers.0.command.1").toString();
    assertThat(map(KINDS.get("ConfigMap").get("data")))
        .containsKey(Path.of(script).getFileName().toString());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "/bin/sh")
  void startScriptNamesTheClusterAndResumes() throws Exception {
    Path recal = directory.resolve("bin/recal");
    Files.createDirectories(recal.getParent());
    Files.writeString(recal, "#!/bin/sh\necho \"$*\"\necho \"$TF_CONFIG\"\n");
    assertThat(recal.toFile().setExecutable(true)).isTrue();
    List<String> first = start();
    assertThat(first.get(0))
        .isEqualTo("train imagenet-srm --out " + run() + " --data /data --worker-timeout 120");
    JsonObject config = JsonParser.parseString(first.get(1)).getAsJsonObject();
    JsonArray workers = config.getAsJsonObject("cluster").getAsJsonArray("worker");
    assertThat(workers).hasSize(4);
    assertThat(workers.get(3).getAsString()).isEqualTo("recal-train-3.recal-workers:2222");
    assertThat(config.getAsJsonObject("task"))
        .isEqualTo(JsonParser.parseString("{\"type\": \"worker\", \"index\": 2}"));
    Files.createDirectories(run());
    Files.createFile(run().resolve("recipe.json"));
    assertThat(start().get(0)).isEqualTo("resume " + run() + " --worker-timeout 120");
  }

  private Path run() {
    return directory.resolve("run");
  }

  private List<String> start() throws Exception {
    Path file = directory.resolve("start.sh");
    Files.writeString(file, map(KINDS.get("ConfigMap").get("data")).get("start.sh").toString());
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", file.toString()).redirectErrorStream(true);
    environment().forEach((name, value) -> builder.environment().put(name, value.toString()));
    builder.environment().put("JOB_COMPLETION_INDEX", "2");
    builder.environment().put("RUN", run().toString());
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    Path output = directory.resolve("output");
    Process process = builder.redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readAllLines(output);
  }
}
