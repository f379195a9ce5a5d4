package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.weights.Convention;
import dev.recal.graphs.weights.NameMap;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.models.TorchScript;
import dev.recal.models.weights.Difference;
import dev.recal.models.weights.TensorFile;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Whole detectors compared with torchvision's in double precision ({@code
 * interop/torch_detection.py}), with its weights: feature pyramids, proposals, boxes, scores,
 * classes and masks of two images of different sizes in one batch. Runs where the environment
 * variable {@code RECAL_TORCH_PYTHON} names an interpreter with torchvision and safetensors.
 */
class TorchDetectorTest {

  // Of the largest value. The norms in the heads of Mask R-CNN's second version amplify rounding:
  // torchvision's own single precision differs by 1.4e-4.
  private static final double TOLERANCE = 1e-4;
  private static final double TOLERANCE_OF_NORMS = 5e-4;
  static final int CLASSES = 81;
  private static final InferenceSettings SETTINGS =
      new InferenceSettings(0.05f, 0.5f, 12, 40, false);

  @TempDir Path directory;

  @Test
  void maskRcnnFindsTheSame() throws Exception {
    compare("maskrcnn", TOLERANCE);
  }

  @Test
  @Tag("slow")
  void convolutionalMaskRcnnFindsTheSame() throws Exception {
    compare("maskrcnn_v2", TOLERANCE_OF_NORMS);
  }

  @Test
  @Tag("slow")
  void retinaNetFindsTheSame() throws Exception {
    compare("retinanet", TOLERANCE);
  }

  @Test
  @Tag("slow")
  void retinaNetWithGroupNormFindsTheSame() throws Exception {
    compare("retinanet_v2", TOLERANCE);
  }

  static Detector detector(String network) {
    MaskRcnn regions = MaskRcnn.defaults().conventions(Conventions.TORCHVISION);
    RetinaNet anchors = RetinaNet.defaults();
    BatchNorm norm = BatchNorm.defaults();
    return switch (network) {
      case "maskrcnn" -> regions;
      case "maskrcnn_v2" ->
          new MaskRcnn(
              Conventions.TORCHVISION,
              CLASSES - 1,
              regions.backbone(),
              regions.pyramid().norm(norm),
              new ProposalHead(256, 2),
              List.of(
                  RegionStage.of(
                      BoxHead.convolutional().norm(norm),
                      Optional.of(MaskHead.defaults().norm(norm)))));
      case "retinanet" ->
          new RetinaNet(
              Conventions.TORCHVISION,
              CLASSES,
              anchors.backbone(),
              anchors.pyramid().top(FeaturePyramid.Top.OF_OUTPUT, true),
              anchors.head());
      default ->
          new RetinaNet(
              Conventions.TORCHVISION,
              CLASSES,
              anchors.backbone(),
              anchors.pyramid().top(FeaturePyramid.Top.OF_INPUT, true),
              anchors.head().norm(GroupNorm.defaults()));
    };
  }

  private void compare(String network, double tolerance) throws Exception {
    TorchScript script = TorchScript.find("torch_detection.py", directory);
    Path weights = directory.resolve("weights.safetensors");
    Map<String, String> metadata =
        Map.of(
            "network", network,
            "mode", "detections",
            "weights", weights.toString(),
            "classes", String.valueOf(CLASSES),
            "candidates", String.valueOf(SETTINGS.candidates()),
            "maximum", String.valueOf(SETTINGS.maximum()),
            "rounding", String.valueOf(tolerance / 5));
    Safetensors.write(script.testCase(0), Map.of(), metadata);
    script.run(1);
    Map<String, TensorValue> theirs = Safetensors.read(script.answer(0));
    Detector detector = detector(network);
    for (InferenceSettings settings : List.of(SETTINGS, SETTINGS.forLite())) {
      requireSame(detector, find(detector, settings, weights, theirs), theirs, tolerance);
    }
  }

  private static void requireSame(
      Detector detector,
      Map<String, TensorValue> ours,
      Map<String, TensorValue> theirs,
      double tolerance) {
    for (int i = 0; theirs.containsKey("pyramid/" + i); i++) {
      requireNear(
          "pyramid/" + i,
          ours.get("pyramid/" + i),
          theirs.get("pyramid/" + i).floats(),
          0,
          tolerance);
    }
    int first = detector instanceof MaskRcnn ? 1 : 0;
    for (int image = 0; image < 2; image++) {
      for (String name : List.of("proposals", "proposal_scores", "boxes", "scores", "masks")) {
        TensorValue expected = theirs.get(name + "/" + image);
        assertThat(ours.containsKey(name)).as(name).isEqualTo(expected != null);
        if (expected != null) {
          requireNear(name, ours.get(name), expected.floats(), image, tolerance);
        }
      }
      int[] labels = theirs.get("labels/" + image).ints();
      assertThat(ours.get("counts").ints()[image]).isEqualTo(labels.length).isGreaterThan(4);
      for (int i = 0; i < labels.length; i++) {
        int at = image * SETTINGS.maximum() + i;
        assertThat(ours.get("classes").ints()[at] + first).isEqualTo(labels[i]);
      }
    }
  }

  /** Compares the beginning of an image's values, of a batch of two; all of a pyramid's map. */
  private static void requireNear(
      String name, TensorValue ours, float[] expected, int image, double tolerance) {
    float[] all = ours.floats();
    int start = image * all.length / 2;
    double largest = 1e-9;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double apart = Math.abs(all[start + i] - expected[i]);
      // A NaN must not pass.
      difference = Double.isNaN(apart) ? apart : Math.max(difference, apart);
    }
    assertThat(difference).as(name).isLessThanOrEqualTo(tolerance * largest);
  }

  private static Map<String, TensorValue> find(
      Detector detector, InferenceSettings settings, Path weights, Map<String, TensorValue> theirs)
      throws IOException {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.serving());
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> images = placeholder(tf, theirs.get("images"));
      Placeholder<TFloat32> sizes = placeholder(tf, theirs.get("sizes"));
      Map<String, Operand<?>> fetches = built(context, detector, settings, images, sizes);
      try (Session session = Sessions.unoptimised(graph);
          Tensor fed = Tensors.toTensor(theirs.get("images"));
          Tensor fedSizes = Tensors.toTensor(theirs.get("sizes"))) {
        store.initialize(session);
        store.assign(session, imported(detector, store, weights));
        Session.Runner runner = session.runner().feed(images, fed).feed(sizes, fedSizes);
        fetches.values().forEach(runner::fetch);
        Map<String, TensorValue> values = new LinkedHashMap<>();
        try (Result result = runner.run()) {
          for (String name : fetches.keySet()) {
            values.put(name, Tensors.toValue(result.get(values.size())));
          }
        }
        return values;
      }
    }
  }

  static Placeholder<TFloat32> placeholder(Ops tf, TensorValue value) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(value.shape()));
  }

  // The parts of DetectorInference, to fetch what is between them.
  private static Map<String, Operand<?>> built(
      BuildContext context,
      Detector detector,
      InferenceSettings settings,
      Operand<TFloat32> images,
      Operand<TFloat32> sizes) {
    Ops tf = context.tf();
    Map<String, Operand<?>> fetches = new LinkedHashMap<>();
    Pyramid pyramid = detector.features(context, PaddedImages.of(tf, detector, images, sizes));
    for (int i = 0; i < pyramid.levels(); i++) {
      fetches.put("pyramid/" + i, pyramid.maps().get(i));
    }
    List<AnchorOutput> outputs = detector.anchorOutputs(context, pyramid);
    Detections found;
    if (detector instanceof MaskRcnn net) {
      Proposals proposals =
          settings.proposals().build(tf, net, pyramid, outputs, sizes, settings.suppression());
      fetches.put("proposals", proposals.boxes().boxes());
      fetches.put("proposal_scores", proposals.scores());
      found = new RegionInference(net, settings).build(context, pyramid, proposals, sizes);
      fetches.put("masks", found.masks().orElseThrow());
    } else {
      RetinaNet net = (RetinaNet) detector;
      found = new AnchorInference(net, settings).build(tf, pyramid, outputs, sizes);
    }
    fetches.put("boxes", found.boxes());
    fetches.put("scores", found.scores());
    fetches.put("classes", found.classes());
    fetches.put("counts", found.counts());
    return fetches;
  }

  static Map<String, float[]> imported(Detector detector, VariableStore store, Path weights)
      throws IOException {
    NameMap names =
        Convention.TORCHVISION.map(
            new DetectorArchitecture(detector), NetworkVariables.shapes(store));
    Map<String, float[]> values = new LinkedHashMap<>();
    try (TensorFile file = TensorFile.open(weights)) {
      assertThat(Difference.of(names, file.tensors(), Set.of()).size()).isZero();
      for (NamedWeight weight : names.weights()) {
        float[] read = file.floats(weight.tensor());
        values.put(weight.variable(), weight.layout().toRecal(read, weight.shape()));
      }
    }
    return values;
  }
}
