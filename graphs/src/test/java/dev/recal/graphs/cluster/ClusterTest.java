package dev.recal.graphs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTest {

  @Test
  void readsTensorFlowsForm() {
    Cluster cluster =
        Cluster.ofTfConfig(
                "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\", \"c:3\"]},"
                    + " \"task\": {\"type\": \"worker\", \"index\": 2}}")
            .orElseThrow();
    assertThat(cluster).isEqualTo(Cluster.of("a:1,b:2,c:3", 2));
  }

  @Test
  void chiefIsTheFirstWorkerAndIndicesMayBeTexts() {
    String json =
        "{\"cluster\": {\"worker\": [\"b:2\"], \"chief\": [\"a:1\"]},"
            + " \"task\": {\"type\": \"%s\", \"index\": \"0\"}}";
    assertThat(Cluster.ofTfConfig(json.formatted("chief"))).contains(Cluster.of("a:1,b:2", 0));
    assertThat(Cluster.ofTfConfig(json.formatted("worker"))).contains(Cluster.of("a:1,b:2", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"cluster\": {}}",
        "{\"cluster\": {\"worker\": [\"a:1\"]}, \"task\": {\"type\": \"worker\", \"index\": 0}}"
      })
  void oneProcessIsNoCluster(String json) {
    assertThat(Cluster.ofTfConfig(json)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[]; expected a JSON object",
        "{\"cluster\": {\"ps\": [\"a:1\"]}}; expected the jobs 'worker' and 'chief', but got 'ps'",
        "{\"cluster\": {\"worker\": \"a:1\"}}; expected a list of addresses 'worker'",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\"]}}; expected an object 'task'",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\"]}, \"task\": {\"type\": \"worker\","
            + " \"index\": -1}}; expected a number 'index', but got '-1'",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:2\"]}, \"task\": {\"type\": \"worker\","
            + " \"index\": 2}}; expected a number from 0 to 1",
        "{\"cluster\"; line 1"
      })
  void otherFormsAreRefusedInASentence(String json, String sentence) {
    assertThatThrownBy(() -> Cluster.ofTfConfig(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a:0", "a:65536", "a:1,,b:2", "a b:1", "a:1, b:2", "http://a:1"})
  void malformedAddressesAreRefused(String addresses) {
    assertThatThrownBy(() -> Cluster.of(addresses, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cluster: expected addresses host:port, but got '");
  }

  @Test
  void repeatedAddressesAndShortTimeoutsAreRefused() {
    assertThatThrownBy(() -> Cluster.of("a:1,a:1", 0))
        .hasMessage("cluster: expected different addresses, but got [a:1, a:1].");
    Cluster cluster = new Cluster(List.of("[::1]:80", "b_c.d-e:2"), 1, Duration.ofSeconds(1));
    assertThatThrownBy(() -> cluster.withTimeout(Duration.ofMillis(999)))
        .hasMessageStartingWith("timeout: expected at least 1 s");
  }
}
