package dev.recal.graphs.style.training;

import dev.recal.graphs.style.StyleNorm;
import dev.recal.graphs.style.StyleVariant;
import dev.recal.models.TorchScript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    return script.steps(
        cases, (ours, theirs) -> StepComparison.compare(ours, theirs, StepComparison.TOLERANCE));
  }
}
