package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.pipeline.Views;
import dev.recal.graphs.objective.Outputs;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** CutMix, class weights of mixed images, and views. */
class CutMixTest {
  private static final int N = 6;
  private static final int SIDE = 12;

  // Image i has the value i everywhere, and class i.
  private static Operand<TFloat32> images(Ops tf) {
    float[] pixels = new float[N * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / (SIDE * SIDE * 3);
    }
    return tf.constant(Shape.of(N, SIDE, SIDE, 3), DataBuffers.of(pixels));
  }

  private static float[] values(Result result, int output) {
    TFloat32 tensor = (TFloat32) result.get(output);
    float[] values = new float[(int) tensor.size()];
    tensor.copyTo(DataBuffers.of(values));
    return values;
  }

  private static float[][] cut(long step) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> labels =
          new LabelSmoothing(0).apply(tf, tf.constant(new int[] {0, 1, 2, 3, 4, 5}), N);
      Mixup.Mixed mixed =
          new CutMix(1).apply(tf, images(tf), labels, tf.constant(new long[] {3, step}));
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(mixed.images()).fetch(mixed.labels()).run()) {
        return new float[][] {values(result, 0), values(result, 1)};
      }
    }
  }

  @Test
  void labelsAreMixedByTheAreaThatIsLeft() {
    boolean any = false;
    for (long step = 0; step < 8; step++) {
      float[][] mixed = cut(step);
      for (int i = 0; i < N; i++) {
        int own = 0;
        int top = SIDE;
        int bottom = -1;
        int left = SIDE;
        int right = -1;
        for (int place = 0; place < SIDE * SIDE; place++) {
          if (mixed[0][3 * (i * SIDE * SIDE + place)] == i) {
            own++;
          } else {
            top = Math.min(top, place / SIDE);
            bottom = Math.max(bottom, place / SIDE);
            left = Math.min(left, place % SIDE);
            right = Math.max(right, place % SIDE);
          }
        }
        int cut = SIDE * SIDE - own;
        assertThat(cut).isEqualTo(cut == 0 ? 0 : (bottom - top + 1) * (right - left + 1));
        // An image whose partner is itself has no visible rectangle.
        if (cut > 0) {
          any = true;
          assertThat(mixed[1][N * i + i]).isCloseTo(own / (float) (SIDE * SIDE), within(1e-6f));
        }
      }
    }
    assertThat(any).isTrue();
    assertThat(cut(1)[0]).isEqualTo(cut(1)[0]).isNotEqualTo(cut(2)[0]);
    assertThatThrownBy(() -> new CutMix(-1))
        .hasMessage("alpha: expected a positive, finite number, but got -1.0.");
  }

  @Test
  void aMixedImageHasTheMixedWeight() {
    List<Double> weights = List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0);
    Targets targets =
        new Targets(
            new LabelSmoothing(0),
            new Mixing(Optional.of(new Mixup(1)), Optional.of(new CutMix(1))),
            weights);
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Ops tf = Ops.create(graph);
      BuildContext context = BuildContext.of(store, Tower.training().atStep(tf.constant(5L)));
      Targets.Prepared prepared =
          targets.prepare(
              context,
              new Batch(images(tf), tf.constant(new int[] {0, 1, 2, 3, 4, 5})),
              N,
              Outputs.oneClass());
      try (Session session = new Session(graph);
          Result result =
              session
                  .runner()
                  .fetch(prepared.targets())
                  .fetch(prepared.weights().orElseThrow())
                  .run()) {
        float[] mixed = values(result, 0);
        float[] factors = values(result, 1);
        for (int i = 0; i < N; i++) {
          double expected = 0;
          for (int c = 0; c < N; c++) {
            expected += mixed[N * i + c] * weights.get(c);
          }
          assertThat((double) factors[i]).isCloseTo(expected, within(1e-4));
        }
      }
    }
  }

  @Test
  void balancedWeightsGiveEachClassTheSamePart() {
    List<Double> weights =
        new ClassWeights.Balanced().of(List.of("a", "b", "c"), new int[] {30, 0, 10});
    // 40 images of 2 classes that are there: 40 / (2 · 30) and 40 / (2 · 10).
    assertThat(weights).containsExactly(40.0 / 60, 1.0, 2.0);
    ClassWeights given = new ClassWeights.Given(List.of(new ClassWeights.Weight("b", 3)));
    assertThat(given.of(List.of("a", "b"), new int[2])).containsExactly(1.0, 3.0);
    assertThatThrownBy(() -> given.of(List.of("a"), new int[1]))
        .hasMessage("classWeights: expected one of the classes a, but got 'b'.");
    assertThat(Bench.settings("{'classWeights': 'balanced'}").classWeights())
        .contains(new ClassWeights.Balanced());
    assertThat(
            Bench.settings(
                    "{'classWeights': {'type': 'given', 'classes': [{'name': 'b', 'weight': 3}]}}")
                .classWeights())
        .contains(given);
  }

  @Test
  void viewsAreCornersAndMirrorImagesWithTheirMeanProbability() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      float[] pixels = new float[4 * 4 * 3];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = i / 3;
      }
      Views views = new Views(true, true);
      Operand<TFloat32> all =
          views.of(tf, tf.constant(Shape.of(1, 4, 4, 3), DataBuffers.of(pixels)), 2);
      Operand<TFloat32> mean =
          new Views(true, false).mean(tf, tf.constant(new float[][] {{0, 0}, {0, 100}}), 2);
      try (Session session = new Session(graph);
          Result result = session.runner().fetch(all).fetch(mean).run()) {
        assertThat(result.get(0).shape()).isEqualTo(Shape.of(10, 2, 2, 3));
        float[] seen = values(result, 0);
        // The first pixel of each view.
        float[] firsts = new float[10];
        for (int view = 0; view < 10; view++) {
          firsts[view] = seen[12 * view];
        }
        assertThat(firsts).containsExactly(0, 2, 8, 10, 5, 1, 3, 9, 11, 6);
        assertThat(Math.exp(values(result, 1)[1])).isCloseTo(0.75, within(1e-6));
      }
    }
  }
}
