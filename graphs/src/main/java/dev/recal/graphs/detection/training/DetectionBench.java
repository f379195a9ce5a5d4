package dev.recal.graphs.detection.training;

import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.Detections;
import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.detection.InferenceSettings;
import dev.recal.graphs.detection.MaskRcnn;
import dev.recal.graphs.detection.RegionStage;
import dev.recal.graphs.detection.loss.RegionSettings;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.Sgd;
import dev.recal.graphs.optimisation.Transfer;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.training.CheckpointSettings;
import dev.recal.graphs.training.OpenedResources;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * A benchmark of a whole detector, Mask R-CNN on ResNet-50 with random weights: its training step
 * as in a run, without a pipeline, or its inference.
 *
 * <p>With random weights hardly any region has the overlap of a positive one, and hardly any score
 * is high. So that both heads have as much to do as in a trained detector, a region is positive
 * from an overlap of {@link #OVERLAP}, and any score above 0 counts as a detection.
 */
public final class DetectionBench implements AutoCloseable {

  /** From which overlap a region is positive, instead of 0.5. */
  public static final float OVERLAP = 0.01f;

  private static final double LEARNING_RATE = 1e-4;
  private static final long STEPS_PER_EPOCH = 1_000_000;

  private final SyntheticScene scene;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final Session session;
  private final Map<Operand<?>, Tensor> fed = new LinkedHashMap<>();
  private final List<Operand<?>> fetched = new ArrayList<>();
  private final List<Op> targets = new ArrayList<>();

  /**
   * What a run worked on, for all images together.
   *
   * @param seconds of the run
   * @param regions rows of the box head
   * @param masks rows of the mask head
   * @param detections objects found, 0 in training
   * @param loss of the step, 0 in inference
   */
  public record Run(double seconds, long regions, long masks, long detections, double loss) {}

  private DetectionBench(SyntheticScene scene, Precision precision, boolean training) {
    this.scene = scene;
    try {
      this.graph = resources.add(Graphs.create());
      VariableStore store = training ? addTraining(precision) : addInference();
      addRows("box/regions");
      addRows("mask/regions");
      this.session =
          resources.add(Sessions.open(graph, SessionSettings.defaults().with(precision).config()));
      store.initialize(session);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /** A training step: forward, backward and the update, with the published numbers of samples. */
  public static DetectionBench training(SyntheticScene scene, Precision precision) {
    return new DetectionBench(scene, precision, true);
  }

  /** Inference, to 100 boxes of each image with their masks of 28×28. */
  public static DetectionBench inference(SyntheticScene scene, Precision precision) {
    return new DetectionBench(scene, precision, false);
  }

  /** Returns the detector: 80 classes, torchvision's conventions. */
  static MaskRcnn detector() {
    // Branches start at 0: without trained statistics, activations would grow from block to block.
    ResNet backbone = ResNet.imagenet(50).with().zeroInitialised(true).build();
    MaskRcnn net = MaskRcnn.defaults().backbone(backbone).conventions(Conventions.TORCHVISION);
    RegionStage usual = net.stages().get(0);
    RegionStage stage =
        new RegionStage(usual.boxes(), usual.masks(), OVERLAP, usual.deviations(), usual.weight());
    return new MaskRcnn(
        net.conventions(),
        net.classes(),
        net.backbone(),
        net.pyramid(),
        net.proposals(),
        List.of(stage));
  }

  private VariableStore addTraining(Precision precision) {
    DetectionTraining settings =
        new DetectionTraining(
            scene.images(),
            1,
            Optional.empty(),
            UpdateSettings.of(
                Sgd.defaults(),
                new LearningRate(LEARNING_RATE, new ConstantSchedule(), 0, 0),
                WeightDecay.defaults()),
            RegionSettings.defaults(),
            new Transfer(List.of("backbone/stem", "backbone/stage1"), List.of()),
            List.of("backbone"),
            1,
            100,
            CheckpointSettings.defaults(),
            Optional.empty(),
            SessionSettings.defaults().with(precision));
    Operand<TFloat32> images = images();
    DetectionGraph built =
        DetectionGraph.build(
            graph,
            detector(),
            settings,
            new DetectionGraph.Batch(images, objects(sizes())),
            STEPS_PER_EPOCH,
            Replicas.single());
    fetched.add(built.step().loss());
    targets.add(built.step().apply());
    return built.store();
  }

  private VariableStore addInference() {
    VariableStore store = new VariableStore(graph, 1);
    InferenceSettings usual = InferenceSettings.defaults();
    InferenceSettings all =
        new InferenceSettings(
            0, usual.overlap(), usual.maximum(), usual.candidates(), usual.lite());
    Detections found =
        new DetectorInference(detector(), all)
            .build(BuildContext.of(store, Tower.serving()), images(), sizes());
    fetched.add(found.counts());
    fetched.addAll(List.of(found.boxes(), found.scores(), found.classes()));
    fetched.add(found.masks().orElseThrow());
    return store;
  }

  private Operand<TFloat32> images() {
    Shape shape = Shape.of(scene.images(), scene.height(), scene.width(), 3);
    return input(
        "images", TFloat32.class, TFloat32.tensorOf(shape, DataBuffers.of(scene.pixels())));
  }

  private Operand<TFloat32> sizes() {
    float[] values = new float[2 * scene.images()];
    for (int i = 0; i < scene.images(); i++) {
      values[2 * i] = scene.height();
      values[2 * i + 1] = scene.width();
    }
    return input(
        "sizes",
        TFloat32.class,
        TFloat32.tensorOf(Shape.of(scene.images(), 2), DataBuffers.of(values)));
  }

  // Fed, since TensorFlow would compute targets of constants only once.
  private TargetBatch.Objects objects(Operand<TFloat32> sizes) {
    int images = scene.images();
    int places = scene.objects();
    Shape list = Shape.of(images, places);
    Operand<TInt32> counts =
        input(
            "counts", TInt32.class, TInt32.tensorOf(Shape.of(images), data -> fill(data, places)));
    Operand<TFloat32> boxes =
        input(
            "boxes",
            TFloat32.class,
            TFloat32.tensorOf(Shape.of(images, places, 4), DataBuffers.of(scene.boxes())));
    Operand<TInt32> labels =
        input(
            "labels",
            TInt32.class,
            TInt32.tensorOf(list, DataBuffers.of(scene.labels(detector().classes()))));
    Operand<TUint8> masks =
        input(
            "masks",
            TUint8.class,
            TUint8.tensorOf(
                Shape.of(images, places, scene.height(), scene.width()),
                DataBuffers.of(scene.masks())));
    Operand<TBool> crowds = input("crowds", TBool.class, TBool.tensorOf(list));
    return new TargetBatch.Objects(
        boxes, labels, crowds, counts, sizes, sizes, counts, Optional.of(masks));
  }

  private static void fill(TInt32 data, int value) {
    for (long i = 0; i < data.size(); i++) {
      data.setInt(value, i);
    }
  }

  private <T extends TType> Operand<T> input(String name, Class<T> type, T value) {
    resources.add(value);
    Ops tf = GraphScope.ops(graph).withSubScope("bench");
    Operand<T> placeholder = tf.withName(name).placeholder(type, Placeholder.shape(value.shape()));
    fed.put(placeholder, value);
    return placeholder;
  }

  // The number of pooled regions, where those of all levels are put together.
  private void addRows(String scope) {
    List<GraphOperation> found = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().equals("DynamicStitch") && operation.name().contains(scope)) {
                found.add(operation);
              }
            });
    Output<TFloat32> pooled = found.get(0).output(0);
    fetched.add(GraphScope.ops(graph).withSubScope("bench").shape(pooled));
  }

  /** Runs a step, or detects. */
  public Run run() {
    long from = System.nanoTime();
    try (Result result = runner().run()) {
      double seconds = (System.nanoTime() - from) / 1e9;
      int rows = fetched.size() - 2;
      boolean training = !targets.isEmpty();
      return new Run(
          seconds,
          ((TInt32) result.get(rows)).getInt(0),
          ((TInt32) result.get(rows + 1)).getInt(0),
          training ? 0 : sum((TInt32) result.get(0)),
          training ? ((TFloat32) result.get(0)).getFloat() : 0);
    }
  }

  /** Runs once, and returns what TensorFlow recorded about each operation. */
  public RunMetadata traced() {
    RunOptions all =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Result result = runner().setOptions(all).runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow();
    }
  }

  private static long sum(TInt32 values) {
    long sum = 0;
    for (long i = 0; i < values.size(); i++) {
      sum += values.getInt(i);
    }
    return sum;
  }

  private Session.Runner runner() {
    Session.Runner runner = session.runner();
    fed.forEach(runner::feed);
    fetched.forEach(runner::fetch);
    targets.forEach(runner::addTarget);
    return runner;
  }

  @Override
  public void close() {
    resources.close();
  }
}
