package dev.recal.graphs.pruning;

import dev.recal.graphs.classification.metrics.ClassificationOps;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.profile.Profile;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A trained network with channel gates, and images to measure it on: the means of its gates, and
 * its accuracy without the channels with the lowest gates.
 *
 * <p>After the pruning study of SRM's paper (Lee, Kim, Nam 2019, arXiv 1903.10829): gates measure
 * the importance of channels. Here the same channels are pruned for all images, by each gate's mean
 * over them, so that the measured network can be written as a model. A channel is pruned by setting
 * γ and β of the norm before its gate to 0 (without a norm, kernel and bias of the convolution),
 * which makes its map exactly 0 regardless of the gate; in a residual block the shortcut stays. The
 * network keeps its shape. The gates of other channels may change, as in SE, which mixes channels;
 * the measurement includes that.
 *
 * <p>All measurements use one graph and one session; pruning assigns variables. Not thread-safe.
 */
public final class PrunableNetwork implements AutoCloseable {

  private final Network network;
  private final PipelineSettings input;
  private final Graph graph = Graphs.create();
  private final VariableStore store = new VariableStore(graph, 0);
  private final InputPipeline pipeline;
  private final GatedMaps maps;
  private final List<Operand<TFloat32>> gateSums = new ArrayList<>();
  private final Operand<TInt32> correct;
  private final Operand<TInt32> images;
  private final Profile profile;
  private final Session session;
  private final Map<String, float[]> whole = new LinkedHashMap<>();

  /**
   * Builds the network on the images and reads its weights.
   *
   * @param data with the network's classes; may be closed afterwards
   * @param input how images are prepared, for evaluation
   * @param settings of the session, for example its threads
   * @throws IOException if weights or images cannot be read
   * @throws IllegalArgumentException if the network has no gate whose channels can be pruned, the
   *     images have other classes, or the weights are not the network's
   */
  public PrunableNetwork(
      Network network,
      DataSet data,
      PipelineSettings input,
      InitialWeights weights,
      ConfigProto settings)
      throws IOException {
    this.network = network;
    this.input = input;
    InputPipeline opened = null;
    try {
      data.requireClasses(network.classes());
      Ops tf = GraphScope.ops(graph);
      opened = InputPipeline.build(tf, data, input);
      pipeline = opened;
      BuildContext context = BuildContext.of(store, Tower.inference());
      Operand<TFloat32> logits = network.build(context, pipeline.images()).logits();
      maps = GatedMaps.of(context);
      requirePrunable(maps);
      Ops measured = context.at("metrics").tf();
      Operand<TInt32> predictions = ClassificationOps.predictions(measured, logits);
      correct = ClassificationOps.numberCorrect(measured, predictions, pipeline.labels());
      images = ClassificationOps.numberOfImages(measured, pipeline.labels());
      maps.prunable().forEach(map -> gateSums.add(gateSum(measured, context, map)));
      profile = Profiler.of(network, input.height(), input.width());
      Saver saver = weights.reader(tf, network, input.height(), store.all());
      session = restored(saver, weights.prefix(), settings);
    } catch (IOException | RuntimeException refused) {
      if (opened != null) {
        opened.close();
      }
      graph.close();
      throw refused;
    }
  }

  private static void requirePrunable(GatedMaps maps) {
    if (!maps.prunable().isEmpty()) {
      return;
    }
    throw new IllegalArgumentException(
        maps.others().isEmpty()
            ? "network: expected channel gates (SE, GE, SRM, ECA or CBAM) to rank channels by, but"
                + " got none."
            : "network: expected gates directly after a norm or a convolution, whose channels can"
                + " be set to 0, but got gates elsewhere: "
                + String.join(", ", maps.others())
                + ".");
  }

  // The sum over the batch of each channel's gate, averaged over pixels, if any.
  private static Operand<TFloat32> gateSum(Ops tf, BuildContext context, GatedMap map) {
    @SuppressWarnings("unchecked")
    Operand<TFloat32> gates = (Operand<TFloat32>) context.published().get(map.gate());
    Operand<TFloat32> each =
        gates.shape().numDimensions() == 4
            ? tf.math.mean(gates, tf.constant(new int[] {1, 2}))
            : gates;
    return tf.reduceSum(each, tf.constant(0));
  }

  private Session restored(Saver saver, String prefix, ConfigProto settings) {
    Session opened = Sessions.open(graph, settings);
    try {
      saver.restore(opened, prefix);
      for (GatedMap map : maps.prunable()) {
        for (String name : map.variables()) {
          whole.put(name, store.values(opened, floats(name)));
        }
      }
      return opened;
    } catch (RuntimeException refused) {
      opened.close();
      throw refused;
    }
  }

  @SuppressWarnings("unchecked")
  private Variable<TFloat32> floats(String name) {
    return (Variable<TFloat32>) store.find(name).orElseThrow();
  }

  /** Returns the maps whose channels can be pruned, in the network's order. */
  public List<GatedMap> maps() {
    return maps.prunable();
  }

  /** Returns the names of the gates whose channels cannot be pruned. */
  public List<String> others() {
    return maps.others();
  }

  /** Returns the parameters and multiply-adds of the whole network. */
  public Profile profile() {
    return profile;
  }

  /** Returns the number of images. */
  public long images() {
    return pipeline.imagesPerEpoch();
  }

  /**
   * Returns the ranking by the mean gate of each channel over all images, for the current weights.
   *
   * @throws IOException if the images cannot be read
   */
  public ChannelRanking byGates() throws IOException {
    List<double[]> sums = new ArrayList<>();
    maps.prunable().forEach(map -> sums.add(new double[map.channels()]));
    double seen = 0;
    pipeline.start(session, 0, 0);
    for (long i = 0; i < pipeline.batchesPerEpoch(); i++) {
      Session.Runner runner = session.runner();
      gateSums.forEach(runner::fetch);
      try (Result result = runner.fetch(images).fetch(pipeline.marks()).run()) {
        if (!pipeline.reportUnreadable(result.get(sums.size() + 1))) {
          continue;
        }
        seen += ((TInt32) result.get(sums.size())).getInt();
        for (int k = 0; k < sums.size(); k++) {
          add(sums.get(k), (TFloat32) result.get(k));
        }
      }
    }
    Map<String, double[]> means = new LinkedHashMap<>();
    for (int k = 0; k < sums.size(); k++) {
      double count = seen;
      double[] mean = Arrays.stream(sums.get(k)).map(sum -> sum / count).toArray();
      means.put(maps.prunable().get(k).gate(), mean);
    }
    return new ChannelRanking(means);
  }

  private static void add(double[] sums, TFloat32 batch) {
    float[] values = new float[sums.length];
    batch.copyTo(DataBuffers.of(values));
    for (int c = 0; c < sums.length; c++) {
      sums[c] += values[c];
    }
  }

  /**
   * Returns the accuracy of the network with its current weights.
   *
   * @throws IOException if the images cannot be read
   */
  public double accuracy() throws IOException {
    long right = 0;
    long all = 0;
    pipeline.start(session, 0, 0);
    for (long i = 0; i < pipeline.batchesPerEpoch(); i++) {
      try (Result result =
          session.runner().fetch(correct).fetch(images).fetch(pipeline.marks()).run()) {
        if (!pipeline.reportUnreadable(result.get(2))) {
          continue;
        }
        right += ((TInt32) result.get(0)).getInt();
        all += ((TInt32) result.get(1)).getInt();
      }
    }
    return (double) right / all;
  }

  /**
   * Sets channels to 0, and restores all others.
   *
   * @param channels by the names of gates; a gate that is not named keeps all of its channels
   * @throws IllegalArgumentException if there is no such gate or channel
   */
  public void prune(Map<String, int[]> channels) {
    Map<String, BitSet> columns = columns(channels, GatedMap::variables);
    Map<String, float[]> values = new LinkedHashMap<>();
    whole.forEach(
        (name, old) -> {
          BitSet zero = columns.getOrDefault(name, new BitSet());
          values.put(name, zeroed(old, width(name), zero));
        });
    store.assign(session, values);
  }

  /** Restores all channels. */
  public void restore() {
    store.assign(session, whole);
  }

  /**
   * Returns the cost removed by pruning.
   *
   * @param channels as in {@link #prune}
   */
  public PruningPoint.Cost cost(Map<String, int[]> channels) {
    long zeroed = 0;
    for (Map.Entry<String, BitSet> entry : columns(channels, GatedMap::variables).entrySet()) {
      zeroed +=
          whole.get(entry.getKey()).length / width(entry.getKey()) * entry.getValue().cardinality();
    }
    Map<String, BitSet> filters = columns(channels, map -> map.convolution().stream().toList());
    long removable = 0;
    for (Profile.Layer layer : profile.layers()) {
      BitSet pruned = filters.get(layer.name());
      if (pruned != null) {
        removable += layer.macs() / channelsOf(layer.name()) * pruned.cardinality();
      }
    }
    int count = channels.values().stream().mapToInt(list -> list.length).sum();
    return new PruningPoint.Cost(count, zeroed, removable);
  }

  private int channelsOf(String convolution) {
    return maps.prunable().stream()
        .filter(map -> map.convolution().filter(convolution::equals).isPresent())
        .findFirst()
        .orElseThrow()
        .channels();
  }

  // Two gates of one map have the same variables: a channel pruned by either is pruned.
  private Map<String, BitSet> columns(
      Map<String, int[]> channels, Function<GatedMap, List<String>> names) {
    Map<String, BitSet> columns = new LinkedHashMap<>();
    channels.forEach(
        (gate, numbers) -> {
          GatedMap map = map(gate);
          for (int number : numbers) {
            if (number < 0 || number >= map.channels()) {
              throw new IllegalArgumentException(
                  "channels: expected indices of the "
                      + map.channels()
                      + " channels of "
                      + gate
                      + ", counted from 0, but got "
                      + number
                      + ".");
            }
            names
                .apply(map)
                .forEach(name -> columns.computeIfAbsent(name, key -> new BitSet()).set(number));
          }
        });
    return columns;
  }

  private GatedMap map(String gate) {
    return maps.prunable().stream()
        .filter(map -> map.gate().equals(gate))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "channels: expected one of the gates "
                        + maps.prunable().stream().map(GatedMap::gate).toList()
                        + ", but got "
                        + gate
                        + "."));
  }

  private int width(String variable) {
    var shape = store.find(variable).orElseThrow().shape();
    return Math.toIntExact(shape.get(shape.numDimensions() - 1));
  }

  private static float[] zeroed(float[] values, int width, BitSet columns) {
    float[] copy = values.clone();
    for (int row = 0; row < copy.length; row += width) {
      int start = row;
      columns.stream().forEach(column -> copy[start + column] = 0);
    }
    return copy;
  }

  /**
   * Writes the network with its current weights.
   *
   * @param target a directory that is empty or does not exist, labels, and the description of the
   *     weights
   * @throws IOException if it cannot be written
   */
  public void write(StoredNetwork target) throws IOException {
    if (!target.description().network().equals(network)
        || target.description().imageSize() != input.height()) {
      throw new IllegalArgumentException("target: expected a graph of the same network.");
    }
    target.write(session, store);
  }

  @Override
  public void close() {
    session.close();
    pipeline.close();
    graph.close();
  }
}
