package dev.recal.tools.bench;

import com.google.gson.stream.JsonWriter;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.tools.console.Table;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * Which operations took the time of a session run, from TensorFlow's trace.
 *
 * @param operations that ran, by their start
 */
public record StepTrace(List<Operation> operations) {

  private static final int SHOWN = 20;
  private static final String UNKNOWN = "unknown";

  /** Copies the list. */
  public StepTrace {
    operations = List.copyOf(operations);
  }

  /**
   * An operation that ran.
   *
   * @param type for example {@code Conv2D}; of oneDNN's kernels {@code _MklNativeConv2D}
   * @param name in the optimised graph
   * @param device that it ran on
   * @param startMicros since the first one
   * @param micros that it took, waiting for threads of its own included
   */
  public record Operation(
      String type, String name, String device, double startMicros, double micros) {

    double endMicros() {
      return startMicros + micros;
    }
  }

  /** The operations of one type. */
  private record Share(String type, int count, double micros) {

    Share plus(Share other) {
      return new Share(type, count + other.count, micros + other.micros);
    }
  }

  /**
   * Reads a trace.
   *
   * @param metadata of a run with a full trace and its partition graphs
   */
  public static StepTrace of(RunMetadata metadata) {
    Map<String, String> types = new TreeMap<>();
    for (GraphDef graph : metadata.getPartitionGraphsList()) {
      for (NodeDef node : graph.getNodeList()) {
        types.put(node.getName(), node.getOp());
      }
    }
    List<Operation> operations = new ArrayList<>();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      for (NodeExecStats stats : device.getNodeStatsList()) {
        operations.add(
            new Operation(
                types.getOrDefault(stats.getNodeName(), UNKNOWN),
                stats.getNodeName(),
                device.getDevice(),
                stats.getAllStartNanos() / 1e3,
                stats.getOpEndRelNanos() / 1e3));
      }
    }
    double first = operations.stream().mapToDouble(Operation::startMicros).min().orElse(0);
    return new StepTrace(
        operations.stream()
            .map(
                o ->
                    new Operation(
                        o.type(), o.name(), o.device(), o.startMicros() - first, o.micros()))
            .sorted(Comparator.comparingDouble(Operation::startMicros))
            .toList());
  }

  /** Returns the seconds from the start of the first operation to the end of the last one. */
  public double seconds() {
    return operations.stream().mapToDouble(Operation::endMicros).max().orElse(0) / 1e6;
  }

  /** Prints the time of each type of operation, the largest first. */
  public void print(PrintWriter out) {
    List<Share> shares = shares();
    double sum = shares.stream().mapToDouble(Share::micros).sum();
    Table table = Table.of("operation", ">number", ">ms", ">share");
    shares.stream().limit(SHOWN).forEach(share -> row(table, share, sum));
    shares.stream()
        .skip(SHOWN)
        .reduce(Share::plus)
        .ifPresent(rest -> row(table, new Share("others", rest.count(), rest.micros()), sum));
    table.print(out);
    out.printf(
        Locale.ROOT,
        "The step took %.1f ms with the trace, its operations %.1f: those that run at the same time"
            + " wait for each other's threads.%n",
        1e3 * seconds(),
        sum / 1e3);
    out.flush();
  }

  private static void row(Table table, Share share, double sum) {
    table.row(
        share.type(),
        Integer.toString(share.count()),
        String.format(Locale.ROOT, "%.1f", share.micros() / 1e3),
        String.format(Locale.ROOT, "%.1f %%", sum > 0 ? 100 * share.micros() / sum : 0));
  }

  private List<Share> shares() {
    Map<String, Share> byType = new LinkedHashMap<>();
    for (Operation operation : operations) {
      byType.merge(
          operation.type(), new Share(operation.type(), 1, operation.micros()), Share::plus);
    }
    return byType.values().stream()
        .sorted(Comparator.comparingDouble(Share::micros).reversed())
        .toList();
  }

  /**
   * Writes the operations as a trace that Chrome's {@code about:tracing} and Perfetto show.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    List<String> devices = operations.stream().map(Operation::device).distinct().sorted().toList();
    AtomicFiles.write(
        file,
        stream -> {
          JsonWriter json = new JsonWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
          json.beginObject().name("displayTimeUnit").value("ms").name("traceEvents").beginArray();
          for (int i = 0; i < devices.size(); i++) {
            json.beginObject().name("ph").value("M").name("name").value("process_name");
            json.name("pid").value(i).name("args");
            json.beginObject().name("name").value(devices.get(i)).endObject().endObject();
          }
          Map<String, List<Double>> rows = new TreeMap<>();
          for (Operation operation : operations) {
            int row =
                row(rows.computeIfAbsent(operation.device(), d -> new ArrayList<>()), operation);
            json.beginObject().name("ph").value("X").name("cat").value("op");
            json.name("name").value(operation.type());
            json.name("pid").value(devices.indexOf(operation.device()));
            json.name("tid").value(row);
            json.name("ts").value(operation.startMicros());
            json.name("dur").value(operation.micros());
            json.name("args").beginObject().name("name").value(operation.name()).endObject();
            json.endObject();
          }
          json.endArray().endObject();
          json.flush();
        });
  }

  // The trace does not tell threads: an operation goes to the first row that is free.
  private static int row(List<Double> ends, Operation operation) {
    int row = 0;
    while (row < ends.size() && ends.get(row) > operation.startMicros()) {
      row++;
    }
    if (row == ends.size()) {
      ends.add(0.0);
    }
    ends.set(row, operation.endMicros());
    return row;
  }
}
