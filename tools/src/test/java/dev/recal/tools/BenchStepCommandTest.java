package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchStepCommandTest {

  @TempDir private Path directory;

  @Test
  void tracesAStepOfARecipeWhosePassIsShort() {
    Path trace = directory.resolve("trace.json");
    // Two steps in a pass: each of the measured and traced steps may be its last one.
    for (int repeats : new int[] {1, 2}) {
      CommandResult ran =
          CommandResult.of(
              "bench",
              "step",
              "../recipes/quickstart.json",
              "--set=network=resnet20-cifar",
              "--set=data.imageSize=16",
              "--set=data.training.size=16",
              "--set=data.training.perClass=1",
              "--set=training.batch=3",
              "--repeats=" + repeats,
              "--warm-up=0",
              "--force",
              "--profile=" + trace);
      assertThat(ran.exit()).as(ran.err()).isZero();
      assertThat(ran.out()).contains(" a step of 3 (", "Conv2DBackpropFilter", "The step took ");
      assertThat(trace).content().contains("\"traceEvents\"");
    }
  }
}
