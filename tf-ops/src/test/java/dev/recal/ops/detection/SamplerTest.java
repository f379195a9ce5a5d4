package dev.recal.ops.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

class SamplerTest {

  @Test
  void samplesAreRandomAndLimited() {
    int[] labels = new int[200];
    Arrays.fill(labels, 0, 40, 1);
    Arrays.fill(labels, 40, 60, -1);
    Sampler sampler = new Sampler(32, 8);
    Evaluated run = sample(sampler, 2, labels, labels, 1, 1, 2);
    for (int image = 0; image < 3; image++) {
      int[] indices = row(run.ints(0), image, 32);
      assertThat(indices).doesNotHaveDuplicates();
      for (int i = 0; i < 32; i++) {
        assertThat(labels[indices[i]]).isEqualTo(i < 8 ? 1 : 0);
        assertThat(run.ints(1)[image * 32 + i]).isEqualTo(i < 8 ? 1 : 0);
        assertThat(run.ints(2)[image * 32 + i]).isEqualTo(1);
      }
    }
    // The two images of a batch differ; the same seed repeats the first.
    assertThat(row(run.ints(0), 0, 32)).isNotEqualTo(row(run.ints(0), 1, 32));
    Evaluated again = sample(sampler, 2, labels, labels, 1, 1, 3);
    assertThat(row(again.ints(0), 0, 64)).isEqualTo(row(run.ints(0), 0, 64));
    assertThat(row(again.ints(0), 2, 32)).isNotEqualTo(row(run.ints(0), 2, 32));
  }

  @Test
  void eachCandidateIsSampledEquallyOften() {
    int[] labels = new int[20];
    int[] counts = new int[20];
    Arrays.fill(labels, 0, 10, 1);
    int[] many = new int[20 * 400];
    for (int i = 0; i < many.length; i++) {
      many[i] = labels[i % 20];
    }
    int[] indices =
        Evaluated.of(
                e -> {
                  Ops tf = e.tf();
                  return List.of(
                      new Sampler(8, 4)
                          .build(
                              tf,
                              tf.constant(new long[] {5, 6}),
                              tf.reshape(tf.constant(many), tf.constant(new int[] {400, 20})))
                          .indices());
                })
            .ints(0);
    for (int index : indices) {
      counts[index]++;
    }
    // Binomial with 400 trials and p 0.4: mean 160, deviation 9.8.
    for (int count : counts) {
      assertThat(count).isBetween(115, 205);
    }
  }

  @Test
  void tooFewCandidatesLeaveInvalidSamples() {
    int[] labels = {0, 1, -1, 0, 1};
    Evaluated run = sample(new Sampler(8, 4), 1, labels, labels, 1, 1, 2);
    assertThat(run.ints(2)).containsExactly(1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0);
    assertThat(run.ints(1)).startsWith(1, 1, 0, 0, 0);
    assertThat(row(run.ints(0), 0, 2)).containsExactlyInAnyOrder(1, 4);
    assertThat(Arrays.copyOfRange(run.ints(0), 2, 4)).containsExactlyInAnyOrder(0, 3);
    assertThat(Arrays.copyOfRange(run.ints(0), 4, 8)).containsOnly(0);
    Evaluated none = sample(new Sampler(4, 2), 1, new int[] {-1, -1}, new int[] {-1}, 1, 1, 2);
    assertThat(none.ints(2)).containsOnly(0);
  }

  @Test
  void invalidSettingsAreNamed() {
    assertThatThrownBy(() -> new Sampler(4, 5))
        .hasMessage("positives: expected from 1 to 4, but got 5.");
    assertThatThrownBy(() -> sample(new Sampler(4, 2), 1, new int[0], new int[] {1}, 1, 1, 2))
        .hasMessageStartingWith("labels: expected at least one candidate");
  }

  // A batch of the first labels, then one image of the second with another seed.
  private static Evaluated sample(
      Sampler sampler, int batch, int[] labels, int[] single, long a, long b, long c) {
    return Evaluated.of(
        e -> {
          Ops tf = e.tf();
          Sampler.Sample many =
              sampler.build(
                  tf,
                  tf.constant(new long[] {a, b}),
                  tf.tile(
                      tf.expandDims(tf.constant(labels), tf.constant(0)),
                      tf.constant(new int[] {batch, 1})));
          Sampler.Sample one =
              sampler.build(tf, tf.constant(new long[] {a, c}), tf.constant(single));
          assertThat(many.indices().shape()).isEqualTo(Shape.of(batch, sampler.count()));
          assertThat(one.indices().shape()).isEqualTo(Shape.of(sampler.count()));
          return List.of(
              joined(tf, many.indices(), one.indices()),
              joined(tf, many.positive(), one.positive()),
              joined(tf, many.valid(), one.valid()));
        });
  }

  private static <T extends TType> Operand<T> joined(Ops tf, Operand<T> many, Operand<T> one) {
    return tf.concat(List.of(many, tf.expandDims(one, tf.constant(0))), tf.constant(0));
  }

  private static int[] row(int[] values, int index, int width) {
    return Arrays.copyOfRange(values, index * width, (index + 1) * width);
  }
}
