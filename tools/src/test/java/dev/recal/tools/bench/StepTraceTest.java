package dev.recal.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;

class StepTraceTest {

  private final StepTrace trace =
      StepTrace.of(
          RunMetadata.newBuilder()
              .addPartitionGraphs(
                  GraphDef.newBuilder().addNode(node("a", "Conv2D")).addNode(node("b", "Mul")))
              .setStepStats(
                  StepStats.newBuilder()
                      .addDevStats(
                          DeviceStepStats.newBuilder()
                              .setDevice("cpu")
                              .addNodeStats(ran("b", 8_000_000, 1_000_000))
                              .addNodeStats(ran("a", 5_000_000, 2_000_000))
                              .addNodeStats(ran("a", 6_000_000, 1_500_000))))
              .build());

  @TempDir private Path directory;

  private static NodeDef node(String name, String type) {
    return NodeDef.newBuilder().setName(name).setOp(type).build();
  }

  private static NodeExecStats ran(String name, long start, long nanos) {
    return NodeExecStats.newBuilder()
        .setNodeName(name)
        .setAllStartNanos(start)
        .setOpEndRelNanos(nanos)
        .build();
  }

  @Test
  void timesAreThoseOfTheTypes() {
    assertThat(trace.seconds()).isCloseTo(4e-3, within(1e-9));
    StringWriter text = new StringWriter();
    trace.print(new PrintWriter(text));
    assertThat(text.toString().replaceAll(" +", " "))
        .contains("Conv2D 2 3.5 77.8 %", "Mul 1 1.0 22.2 %", "took 4.0 ms", "operations 4.5");
  }

  @Test
  void operationsAtTheSameTimeHaveRowsOfTheirOwn() throws Exception {
    Path file = directory.resolve("trace.json");
    trace.write(file);
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    JsonArray events = json.getAsJsonArray("traceEvents");
    List<JsonObject> operations =
        StreamSupport.stream(events.spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .filter(event -> event.get("ph").getAsString().equals("X"))
            .toList();
    assertThat(operations.stream().map(event -> event.get("name").getAsString()))
        .containsExactly("Conv2D", "Conv2D", "Mul");
    assertThat(operations.stream().map(event -> event.get("tid").getAsInt()))
        .containsExactly(0, 1, 0);
    assertThat(operations.get(2).get("ts").getAsDouble()).isEqualTo(3000);
    assertThat(operations.get(2).get("dur").getAsDouble()).isEqualTo(1000);
  }
}
