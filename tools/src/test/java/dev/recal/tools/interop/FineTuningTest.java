package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.DenseNet;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileNetV1;
import dev.recal.graphs.network.MobileNetV2;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.network.ShuffleNetV2;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.Verification;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Python fine-tunes what Java exported: every check of {@code interop/check_with_python.py},
 * including that one training step equals Java's. Runs where {@code RECAL_PYTHON} names a Python
 * with TensorFlow.
 */
class FineTuningTest {

  private static final int CLASSES = 3;

  @TempDir Path directory;

  @BeforeAll
  static void findPython() throws IOException, InterruptedException {
    Python.assume("tensorflow", "keras");
  }

  @Test
  void pythonTrainsLikeJavaAndSavesForJava() throws Exception {
    Path model = directory.resolve("srm");
    FineTuning.export(small("srm"), model);
    Path again = directory.resolve("again");
    String checks = "objects,golden,reference,resave";
    String output = Python.run("check_with_python.py", model, "--only", checks, "--resave", again);
    assertThat(output).contains("All checks passed");
    assertThat(output.lines().filter(line -> line.startsWith("  ok "))).hasSize(4);
    // Java also loads the model that Python saved again.
    TensorValue images = Safetensors.read(model.resolve(FineTuning.REFERENCE)).get("images");
    try (Predictor original = Predictor.open(model);
        Predictor saved = Predictor.open(again)) {
      Map<String, TensorValue> inputs = Map.of("images", images);
      assertThat(saved.call("serving_default", inputs).get("logits").floats())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(original.call("serving_default", inputs).get("logits").floats());
      assertThat(saved.description().parameters()).isEqualTo(original.description().parameters());
    }
    assertThat(Verification.of(model).worst()).isLessThan(1e-5);
  }

  @Test
  @Tag("slow")
  void pythonTrainsEveryModuleLikeJava() throws Exception {
    Map<String, Network> networks = new LinkedHashMap<>();
    for (String word :
        List.of(
            "se",
            "ge",
            "ge-plus",
            "eca",
            "cbam",
            "an",
            "sn",
            "slim",
            "slim-mask",
            "drconv",
            "drconv-experts",
            "condconv")) {
      networks.put(word, small(word));
    }
    check(networks, "objects,golden,reference,tflite");
  }

  @Test
  @Tag("slow")
  void pythonRunsAllChecksWithEveryFamily() throws Exception {
    Map<String, Network> networks = families();
    networks.put("srm", small("srm"));
    check(networks, "objects,golden,gradient,reference,train,keras,resave,checkpoint,flat,tflite");
  }

  private void check(Map<String, Network> networks, String checks) throws Exception {
    List<Object> arguments = new ArrayList<>();
    for (Map.Entry<String, Network> network : networks.entrySet()) {
      Path model = directory.resolve(network.getKey());
      FineTuning.export(network.getValue(), model);
      arguments.add(model);
    }
    arguments.addAll(List.of("--only", checks));
    String output = Python.run("check_with_python.py", arguments.toArray());
    assertThat(output).contains("All checks passed");
    // DRConv's DynamicPartition is none of TFLite's operations.
    assertThat(
            output
                .lines()
                .filter(line -> line.startsWith("  ok ") || line.startsWith("  -      tf")))
        .hasSize(networks.size() * checks.split(",").length);
  }

  private static Network small(String word) {
    ResNet net = (ResNet) Networks.named(word + "-resnet20-cifar");
    return net.with().block(ResNet.Block.BASIC, List.of(1, 1, 1)).classes(CLASSES).build();
  }

  // Without dropout, whose random values differ between runtimes.
  private static Map<String, Network> families() {
    AttentivePlaces second = AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 3));
    List<InvertedStage> stages =
        List.of(new InvertedStage(2, 8, 2, 2), new InvertedStage(2, 16, 1, 2));
    Map<String, Network> networks = new LinkedHashMap<>();
    networks.put(
        "densenet",
        DenseNet.defaults()
            .with()
            .repeats(List.of(1, 1))
            .growth(8, 2)
            .attentive(second)
            .classes(CLASSES)
            .dropout(0)
            .build());
    networks.put(
        "mobilenetv1",
        MobileNetV1.defaults().with().repeats(List.of(1, 1)).classes(CLASSES).dropout(0).build());
    networks.put(
        "mobilenetv2",
        MobileNetV2.defaults().with().stages(stages).classes(CLASSES).dropout(0).build());
    networks.put(
        "shufflenetv2",
        ShuffleNetV2.defaults()
            .with()
            .stages(List.of(32, 64), List.of(2, 1))
            .recalibration(StyleRecalibration.defaults())
            .dynamic(DynamicRegionConv.pointwise(0))
            .classes(CLASSES)
            .dropout(0)
            .build());
    return networks;
  }
}
