package dev.recal.tools.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AllocationDescription;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.NodeOutput;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.TensorDescription;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The memory of a session run, from TensorFlow's trace.
 *
 * <p>The trace contains the start and end of each operation of the optimised graph, its
 * allocations, and the buffers of its outputs; the optimised graph contains their consumers. This
 * determines the lifetime of every buffer: from the operation that allocates it to the last one
 * that reads it, or to the end of the run if it is fetched. If an operation writes into its input's
 * buffer, that buffer's lifetime is extended. Memory that outlives the run is not counted:
 * variables, constants, and state that operations keep for the next run.
 */
final class RunMemory {

  private static final String FETCH = "_Retval";
  // Results of XLA have no size in the trace, only a shape.
  private static final Set<String> COMPILED = Set.of("_XlaRun", "XlaLaunch");

  private final Map<String, List<String>> inputs = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Set<String> fetched = new HashSet<>();
  private final Set<String> compiled = new HashSet<>();
  private final Map<String, Buffer> buffers = new HashMap<>();
  private long held;
  private long peak;

  /** A buffer and the number of its remaining readers. */
  private static final class Buffer {
    private final long address;
    private final long bytes;
    private int pending;

    Buffer(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }

  /** The beginning or the end of an operation. */
  private record Event(long nanos, boolean end, NodeExecStats stats) {}

  private RunMemory() {}

  /**
   * Returns the peak memory in bytes.
   *
   * @param metadata of a run with a full trace and its partition graphs
   */
  static long peak(RunMetadata metadata) {
    RunMemory memory = new RunMemory();
    metadata.getPartitionGraphsList().forEach(memory::read);
    List<Event> events = new ArrayList<>();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      for (NodeExecStats stats : device.getNodeStatsList()) {
        long start = stats.getAllStartNanos();
        events.add(new Event(start, false, stats));
        // Not the overall end: readers may begin before an operation's own bookkeeping is done.
        events.add(new Event(start + stats.getOpEndRelNanos(), true, stats));
      }
    }
    // The sort is stable, so an operation that takes no time still begins before it ends.
    events.sort(Comparator.comparingLong(Event::nanos));
    for (Event event : events) {
      if (event.end()) {
        memory.end(event.stats());
      } else {
        memory.start(event.stats());
      }
    }
    return memory.peak;
  }

  private void read(GraphDef graph) {
    for (NodeDef node : graph.getNodeList()) {
      List<String> edges = new ArrayList<>();
      for (String input : node.getInputList()) {
        if (!input.startsWith("^")) {
          String edge = input.indexOf(':') < 0 ? input + ":0" : input;
          edges.add(edge);
          readers.merge(edge, 1, Integer::sum);
          if (node.getOp().equals(FETCH)) {
            fetched.add(edge);
          }
        }
      }
      inputs.put(node.getName(), edges);
      if (COMPILED.contains(node.getOp())) {
        compiled.add(node.getName());
      }
    }
  }

  private void start(NodeExecStats stats) {
    held += allocated(stats);
    peak = Math.max(peak, held);
  }

  private void end(NodeExecStats stats) {
    long own = allocated(stats);
    held -= own;
    List<String> edges = inputs.getOrDefault(stats.getNodeName(), List.of());
    for (NodeOutput output : stats.getOutputList()) {
      String edge = stats.getNodeName() + ":" + output.getSlot();
      AllocationDescription place = output.getTensorDescription().getAllocationDescription();
      Buffer buffer = shared(edges, place.getPtr());
      if (buffer == null && (own > 0 || compiled.contains(stats.getNodeName()))) {
        buffer = new Buffer(place.getPtr(), bytes(output.getTensorDescription()));
        held += buffer.bytes;
      }
      if (buffer != null) {
        buffer.pending += readers.getOrDefault(edge, 0) + (fetched.contains(edge) ? 1 : 0);
        buffers.put(edge, buffer);
        freeUnread(buffer);
      }
    }
    for (String edge : edges) {
      Buffer buffer = buffers.get(edge);
      if (buffer != null) {
        buffer.pending--;
        freeUnread(buffer);
      }
    }
  }

  private static long bytes(TensorDescription tensor) {
    long allocated = tensor.getAllocationDescription().getAllocatedBytes();
    if (allocated > 0) {
      return allocated;
    }
    long size = tensor.getDtype() == DataType.DT_BFLOAT16 ? 2 : 4;
    for (TensorShapeProto.Dim dimension : tensor.getShape().getDimList()) {
      size *= dimension.getSize();
    }
    return size;
  }

  private void freeUnread(Buffer buffer) {
    if (buffer.pending == 0) {
      held -= buffer.bytes;
    }
  }

  private Buffer shared(List<String> edges, long address) {
    for (String edge : edges) {
      Buffer buffer = buffers.get(edge);
      if (buffer != null && buffer.address == address) {
        return buffer;
      }
    }
    return null;
  }

  private static long allocated(NodeExecStats stats) {
    return stats.getMemoryList().stream().mapToLong(AllocatorMemoryUsed::getPeakBytes).sum();
  }
}
