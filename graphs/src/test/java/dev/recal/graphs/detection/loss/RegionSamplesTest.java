package dev.recal.graphs.detection.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.GraphScope;
import dev.recal.ops.detection.BoxSet;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Sampler;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class RegionSamplesTest {

  // Two images; the second has no object. Crowds and padding are not included.
  private static final float[][][] TRUTHS = {
    {{0, 0, 10, 10}, {20, 20, 40, 40}, {50, 50, 60, 60}}, {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}
  };
  private static final boolean[][] INCLUDED = {{true, true, false}, {false, false, false}};
  private static final float[][][] PROPOSALS = {
    {{0, 0, 9, 10}, {50, 50, 60, 60}, {21, 21, 40, 40}, {0, 0, 0, 0}},
    {{0, 0, 9, 10}, {50, 50, 60, 60}, {0, 0, 0, 0}, {0, 0, 0, 0}}
  };
  private static final boolean[][] PROPOSED = {
    {true, true, true, false}, {true, true, false, false}
  };

  @Test
  void regionsAreGroundTruthsAndProposalsOfTheirImage() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      GroundTruths truths =
          new GroundTruths(
              BoxSet.of(tf.constant(TRUTHS), tf.constant(INCLUDED)),
              tf.constant(new int[][] {{4, 2, 1}, {-1, -1, -1}}),
              Optional.empty(),
              tf.constant(new float[][] {{64, 64}, {64, 64}}));
      RegionSamples samples =
          RegionSamples.of(
              tf,
              tf.constant(new long[] {1, 2}),
              Conventions.TORCHVISION,
              0.5f,
              new Sampler(7, 7),
              BoxSet.of(tf.constant(PROPOSALS), tf.constant(PROPOSED)),
              truths);
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(samples.positive())
                  .fetch(samples.valid())
                  .fetch(samples.labels())
                  .fetch(samples.images())
                  .fetch(samples.proposed())
                  .fetch(samples.targets())
                  .run()) {
        // Two objects, two proposals on them, one beside the crowd; then two in the second image.
        assertThat(booleans((TBool) result.get(0)))
            .containsExactly(
                true, true, true, true, false, false, false, false, false, false, false, false,
                false, false);
        assertThat(booleans((TBool) result.get(1)))
            .containsExactly(
                true, true, true, true, true, false, false, true, true, false, false, false, false,
                false);
        int[] labels = ints((TInt32) result.get(2));
        assertThat(new int[] {labels[0], labels[1], labels[2], labels[3]})
            .containsExactlyInAnyOrder(4, 4, 2, 2);
        assertThat(ints((TInt32) result.get(3)))
            .containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
        boolean[] proposed = booleans((TBool) result.get(4));
        int given = 0;
        for (int i = 0; i < 4; i++) {
          given += proposed[i] ? 0 : 1;
        }
        assertThat(given).isEqualTo(2);
        float[] targets = new float[56];
        ((TFloat32) result.get(5)).copyTo(DataBuffers.of(targets));
        for (int i = 0; i < 4; i++) {
          assertThat(targets[4 * i]).isEqualTo(labels[i] == 4 ? 0f : 20f);
        }
      }
    }
  }

  private static boolean[] booleans(TBool tensor) {
    boolean[] values = new boolean[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  private static int[] ints(TInt32 tensor) {
    int[] values = new int[Math.toIntExact(tensor.size())];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }
}
