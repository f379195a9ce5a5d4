package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.GraphScope;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.Suppression;
import dev.recal.ops.runtime.Sessions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

class ProposalSelectionTest {

  private static final int FINE = 12;
  private static final int COARSE = 3;

  /** Two levels of a batch of two images: maps of 2×2 with stride 4 and 1×1 with stride 8. */
  private record Levels(float[] fine, float[] coarse, float[] sizes) {}

  private record Found(Shape shape, float[] boxes, boolean[] included, float[] scores) {}

  private static MaskRcnn detector(Conventions conventions) {
    MaskRcnn net = MaskRcnn.defaults();
    return new MaskRcnn(
        conventions, 3, net.backbone(), net.pyramid(), net.proposals(), net.stages());
  }

  private static Found run(
      ProposalSelection selection,
      Conventions conventions,
      Suppression form,
      boolean known,
      Levels levels) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      // Unknown sizes are those of constants that pass through a placeholder with a default.
      Pyramid pyramid =
          new Pyramid(
              List.of(hidden(tf, known, 2, 2, 1), hidden(tf, known, 1, 1, 1)), List.of(4, 8));
      List<AnchorOutput> outputs =
          List.of(
              new AnchorOutput(
                  hidden(tf, known, levels.fine(), FINE, 1),
                  hidden(tf, known, new float[2 * FINE * 4], FINE, 4)),
              new AnchorOutput(
                  hidden(tf, known, levels.coarse(), COARSE, 1),
                  hidden(tf, known, new float[2 * COARSE * 4], COARSE, 4)));
      Operand<TFloat32> sizes = hidden(tf, known, levels.sizes(), 2);
      Proposals found = selection.build(tf, detector(conventions), pyramid, outputs, sizes, form);
      try (Session session = Sessions.unoptimised(graph);
          var result =
              session
                  .runner()
                  .fetch(found.boxes().boxes())
                  .fetch(found.boxes().included().orElseThrow())
                  .fetch(found.scores())
                  .run()) {
        return new Found(
            found.boxes().boxes().shape(),
            floats((TFloat32) result.get(0)),
            truths((TBool) result.get(1)),
            floats((TFloat32) result.get(2)));
      }
    }
  }

  private static Operand<TFloat32> hidden(Ops tf, boolean known, int h, int w, int c) {
    return hidden(tf, known, new float[2 * h * w * c], h, w, c);
  }

  private static Operand<TFloat32> hidden(Ops tf, boolean known, float[] values, int... inner) {
    long[] sizes = new long[inner.length + 1];
    long[] unknown = new long[inner.length + 1];
    sizes[0] = 2;
    unknown[0] = -1;
    for (int i = 0; i < inner.length; i++) {
      sizes[i + 1] = inner[i];
      unknown[i + 1] = i == inner.length - 1 ? inner[i] : -1;
    }
    Operand<TFloat32> value = tf.constant(Shape.of(sizes), DataBuffers.of(values));
    return known ? value : tf.placeholderWithDefault(value, Shape.of(unknown));
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  private static boolean[] truths(TBool tensor) {
    boolean[] values = new boolean[(int) tensor.size()];
    tensor.asRawTensor().data().asBooleans().read(values);
    return values;
  }

  // The deltas are 0, so boxes are clipped anchors. In image 0 the best of the fine level is the
  // square of cell (0, 0); that of cell (0, 1) overlaps it by 7 / 9, and one ratio by less.
  private static Levels levels() {
    float[] fine = new float[2 * FINE];
    Arrays.fill(fine, -9);
    fine[1] = 2;
    fine[4] = 1.5f;
    fine[0] = 1;
    fine[FINE + 11] = 3;
    float[] coarse = {-8, 1.75f, -8, 2.5f, -8, -8};
    return new Levels(fine, coarse, new float[] {100, 100, 7, 10});
  }

  @ParameterizedTest
  @EnumSource(Suppression.class)
  void keepsTheBestOfAllLevelsWithoutDuplicates(Suppression form) {
    ProposalSelection selection = new ProposalSelection(3, 2, 5, 0.7f);
    Found found = run(selection, Conventions.TORCHVISION, form, true, levels());
    assertThat(found.shape()).isEqualTo(Shape.of(2, 5, 4));
    // Of the fine level: its square, and the wide one; the second square is a duplicate.
    assertThat(found.scores())
        .containsExactly(
            new float[] {
              sigmoid(2),
              sigmoid(1.75),
              sigmoid(1),
              sigmoid(-8),
              0,
              sigmoid(3),
              sigmoid(2.5),
              0,
              0,
              0
            },
            within(1e-6f));
    assertThat(found.included())
        .containsExactly(true, true, true, true, false, true, true, false, false, false);
    assertThat(found.boxes()).startsWith(0, 0, 16, 16, 0, 0, 32, 32, 0, 0, 23, 11);
    assertThat(Arrays.copyOfRange(found.boxes(), 16, 20)).containsOnly(0);
    // Of image 1 the boxes end at its height of 7 and width of 10, so all of a level are the same.
    assertThat(Arrays.copyOfRange(found.boxes(), 20, 28)).containsExactly(0, 0, 10, 7, 0, 0, 10, 7);
  }

  @Test
  void sizesNeedNotBeKnown() {
    ProposalSelection selection = new ProposalSelection(5, 4, 6, 0.7f);
    for (Conventions conventions : Conventions.values()) {
      Found known = run(selection, conventions, Suppression.BATCHED, true, levels());
      Found unknown = run(selection, conventions, Suppression.BATCHED, false, levels());
      assertThat(unknown.shape().asArray()).containsExactly(-1, 6, 4);
      assertThat(unknown.boxes()).containsExactly(known.boxes());
      assertThat(unknown.included()).containsExactly(known.included());
    }
  }

  @Test
  void boxesOutsideOfTheImageAreDroppedUnlessWidthsAreInclusive() {
    // With a width of 0, nothing is inside.
    Levels empty = new Levels(levels().fine(), levels().coarse(), new float[] {9, 0, 9, 0});
    ProposalSelection selection = new ProposalSelection(5, 4, 6, 0.7f);
    for (Conventions conventions : List.of(Conventions.PLAIN, Conventions.TORCHVISION)) {
      Found found = run(selection, conventions, Suppression.BATCHED, true, empty);
      assertThat(found.included()).containsOnly(false);
      assertThat(found.boxes()).containsOnly(0);
      assertThat(found.scores()).containsOnly(0);
    }
  }

  @Test
  void hasTheNumbersOfItsConventions() {
    assertThat(ProposalSelection.training(Conventions.LEGACY))
        .isEqualTo(new ProposalSelection(2000, 2000, 2000, 0.7f))
        .isEqualTo(ProposalSelection.training(Conventions.TORCHVISION));
    assertThat(ProposalSelection.training(Conventions.PLAIN).total()).isEqualTo(1000);
    assertThat(ProposalSelection.inference(Conventions.PLAIN))
        .isEqualTo(new ProposalSelection(1000, 1000, 1000, 0.7f));
    assertThatThrownBy(() -> new ProposalSelection(1, 0, 1, 0.7f))
        .hasMessage("kept: expected at least 1, but got 0.");
  }

  private static float sigmoid(double x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }
}
