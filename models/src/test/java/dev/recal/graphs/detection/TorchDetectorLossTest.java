package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.detection.loss.DetectorLoss;
import dev.recal.graphs.detection.loss.GroundTruths;
import dev.recal.graphs.detection.loss.RegionSettings;
import dev.recal.graphs.weights.Convention;
import dev.recal.graphs.weights.NameMap;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.models.TorchScript;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Sampler;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * A training step of whole detectors compared with torchvision's in double precision ({@code
 * interop/torch_detection.py}), from equal weights: each loss and the gradient at each weight. Runs
 * where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torchvision
 * and safetensors.
 */
class TorchDetectorLossTest {

  private static final double OF_LOSSES = 1e-4;
  // Of the norm of a weight's gradient, or of a thousandth of the largest norm.
  private static final double OF_GRADIENTS = 1e-3;
  private static final int CANDIDATES = 40;

  private static final Map<String, String> LOSSES =
      Map.of(
          "objectness", "loss_objectness",
          "proposals", "loss_rpn_box_reg",
          "classes", "loss_classifier",
          "boxes", "loss_box_reg",
          "masks", "loss_mask");

  private static final Map<String, String> LOSSES_OF_ANCHORS =
      Map.of("classes", "classification", "boxes", "bbox_regression");

  @TempDir Path directory;

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"maskrcnn", "retinanet"})
  void aTrainingStepIsTheSame(String network) throws Exception {
    TorchScript script = TorchScript.find("torch_detection.py", directory);
    Path weights = directory.resolve("weights.safetensors");
    Map<String, String> metadata =
        Map.of(
            "network",
            network,
            "mode",
            "losses",
            "weights",
            weights.toString(),
            "classes",
            String.valueOf(TorchDetectorTest.CLASSES),
            "candidates",
            String.valueOf(CANDIDATES),
            "maximum",
            "10");
    Safetensors.write(script.testCase(0), Map.of(), metadata);
    script.run(1);
    Map<String, TensorValue> theirs = Safetensors.read(script.answer(0));
    Detector detector = TorchDetectorTest.detector(network);
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training().frozen(List.of("backbone")));
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> images = TorchDetectorTest.placeholder(tf, theirs.get("images"));
      Map<String, Operand<TFloat32>> losses =
          DetectorLoss.build(context, detector, images, truths(tf, detector, theirs), all());
      List<Operand<TFloat32>> reads = new ArrayList<>();
      store.trainable().forEach(variable -> reads.add(variable.read()));
      List<Operand<TFloat32>> gradients =
          Gradients.of(tf.math.addN(new ArrayList<>(losses.values())), reads);
      try (Session session = Sessions.unoptimised(graph);
          Tensor fed = Tensors.toTensor(theirs.get("images"))) {
        store.initialize(session);
        store.assign(session, TorchDetectorTest.imported(detector, store, weights));
        Session.Runner runner = session.runner().feed(images, fed);
        losses.values().forEach(runner::fetch);
        gradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
          requireLosses(detector, new ArrayList<>(losses.keySet()), result, theirs);
          requireGradients(detector, store, losses.size(), result, theirs);
        }
      }
    }
  }

  // More samples than there are anchors and proposals.
  private static RegionSettings all() {
    ProposalSelection selection = new ProposalSelection(CANDIDATES, CANDIDATES, CANDIDATES, 0.7f);
    return new RegionSettings(
        new Sampler(14_000, 7_000), new Sampler(60, 60), Optional.of(selection));
  }

  private static GroundTruths truths(Ops tf, Detector detector, Map<String, TensorValue> theirs) {
    int first = detector instanceof MaskRcnn ? 1 : 0;
    Operand<TUint8> masks = tf.dtypes.cast(tf.constant(ints(theirs, "masks")), TUint8.class);
    return new GroundTruths(
        BoxSet.of(
            tf.reshape(
                tf.constant(theirs.get("boxes").floats()),
                tf.constant(theirs.get("boxes").shape())),
            tf.math.equal(shaped(tf, theirs, "objects"), tf.constant(1))),
        tf.math.sub(shaped(tf, theirs, "labels"), tf.constant(first)),
        Optional.of(tf.reshape(masks, tf.constant(theirs.get("masks").shape()))),
        tf.reshape(
            tf.constant(theirs.get("sizes").floats()), tf.constant(theirs.get("sizes").shape())));
  }

  private static int[] ints(Map<String, TensorValue> values, String name) {
    return values.get(name).ints();
  }

  private static Operand<TInt32> shaped(Ops tf, Map<String, TensorValue> values, String name) {
    return tf.reshape(tf.constant(ints(values, name)), tf.constant(values.get(name).shape()));
  }

  private static void requireLosses(
      Detector detector, List<String> names, Result result, Map<String, TensorValue> theirs) {
    Map<String, String> called = detector instanceof MaskRcnn ? LOSSES : LOSSES_OF_ANCHORS;
    assertThat(names).containsExactlyInAnyOrderElementsOf(called.keySet());
    for (int i = 0; i < names.size(); i++) {
      float expected = theirs.get("loss/" + called.get(names.get(i))).floats()[0];
      float found = ((TFloat32) result.get(i)).getFloat();
      assertThat(Math.abs(found - expected))
          .as("%s: %s, expected %s", names.get(i), found, expected)
          .isLessThanOrEqualTo((float) (OF_LOSSES * Math.max(1, Math.abs(expected))));
    }
  }

  private static void requireGradients(
      Detector detector,
      VariableStore store,
      int start,
      Result result,
      Map<String, TensorValue> theirs) {
    NameMap names =
        Convention.TORCHVISION.map(
            new DetectorArchitecture(detector), NetworkVariables.shapes(store));
    Map<String, float[]> expected = new LinkedHashMap<>();
    double largest = 0;
    for (NamedWeight weight : names.weights()) {
      TensorValue gradient = theirs.get("gradient/" + weight.tensor());
      if (gradient != null) {
        float[] ordered = weight.layout().toRecal(gradient.floats(), weight.shape());
        expected.put(weight.variable(), ordered);
        largest = Math.max(largest, norm(ordered, new float[ordered.length]));
      }
    }
    List<Variable<TFloat32>> variables = store.trainable();
    assertThat(variables)
        .extracting(Variable::name)
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (int i = 0; i < variables.size(); i++) {
      float[] wanted = expected.get(variables.get(i).name());
      TFloat32 tensor = (TFloat32) result.get(start + i);
      float[] found = new float[Math.toIntExact(tensor.size())];
      tensor.copyTo(DataBuffers.of(found));
      double size = Math.max(norm(wanted, new float[wanted.length]), 1e-3 * largest);
      assertThat(norm(found, wanted) / size)
          .as(variables.get(i).name())
          .isLessThanOrEqualTo(OF_GRADIENTS);
    }
  }

  // The norm of the difference.
  private static double norm(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
