package dev.recal.graphs.style.training;

import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.models.TorchScript;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole training step of a style network compared with its equations in PyTorch in double
 * precision ({@code interop/torch_style.py}): losses, gradients, new weights and statistics. Runs
 * where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torch and
 * safetensors.
 */
@Tag("slow")
class TorchStyleStepTest {

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> takesTheSameStep() throws Exception {
    List<StyleStepCase> cases = new ArrayList<>();
    for (StyleVariant variant : StyleVariant.values()) {
      for (StyleNorm norm : StyleNorm.values()) {
        cases.add(new StyleStepCase(variant, norm));
      }
    }
    TorchScript script = TorchScript.find("torch_style.py", directory);
    List<Map<String, double[]>> ours = new ArrayList<>();
    for (StyleStepCase one : cases) {
      ours.add(one.run(script.testCase(ours.size())));
    }
    script.run(cases.size());
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<String, TensorValue> theirs = Safetensors.read(script.answer(i));
      Map<String, double[]> results = ours.get(i);
      tests.add(
          DynamicTest.dynamicTest(
              cases.get(i).title(),
              () -> StepComparison.compare(results, theirs, StepComparison.TOLERANCE)));
    }
    return tests.stream();
  }
}
