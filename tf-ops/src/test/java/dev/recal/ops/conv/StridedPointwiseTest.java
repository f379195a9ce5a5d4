package dev.recal.ops.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A strided 1×1 kernel over few channels, whose gradient could crash the JVM, in a separate JVM.
 */
class StridedPointwiseTest {

  @TempDir private Path directory;

  @Test
  void gradientOfFewChannelsDoesNotCrash() throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-XX:+SuppressFatalErrorMessage",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                StridedPointwiseTest.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(log).content().contains("still here");
    assertThat(process.exitValue()).isZero();
  }

  /** Computes the gradient often enough to detect heap corruption. */
  public static void main(String[] args) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      BuildContext context = BuildContext.of(store, Tower.training());
      Ops tf = context.tf();
      Operand<TFloat32> maps =
          tf.random.truncatedNormal(tf.constant(new int[] {4, 64, 64, 8}), TFloat32.class);
      Operand<TFloat32> y = Conv2d.of(16, 1).stride(2).build(context.at("conv"), maps);
      Operand<TFloat32> gradient =
          Gradients.of(tf.nn.l2Loss(y), List.of(store.trainable().get(0).read())).get(0);
      try (Session session = new Session(graph)) {
        store.initialize(session);
        for (int i = 0; i < 40; i++) {
          session.runner().fetch(gradient).run().close();
        }
      }
    }
    System.out.println("still here");
  }
}
