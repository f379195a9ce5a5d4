package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.network.ArcFace;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.norm.GroupNorm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class MarginLossTest {

  private static final int CLASSES = 4;
  private static final int[] LABELS = {2, 0, 3};
  private static final float MARGIN = 0.4f;
  private static final float SCALE = 16;

  // Group norm gives the same outputs in both phases.
  @Test
  void marginAppliesInTrainingOnly() {
    MobileFaceNet net =
        MobileFaceNet.defaults()
            .with()
            .stages(List.of(new InvertedStage(2, 8, 1, 2)))
            .channels(8, 16)
            .embedding(8)
            .norm(new GroupNorm(4, 1e-5f, 1f))
            .head(new ArcFace(MARGIN, SCALE))
            .classes(CLASSES)
            .build();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      VariableStore store = new VariableStore(graph, 4);
      Ops tf = Ops.create(graph);
      var images =
          tf.random.statelessRandomUniform(
              tf.constant(new int[] {3, 16, 16, 3}),
              tf.constant(new long[] {1, 2}),
              TFloat32.class);
      Batch batch = new Batch(images, tf.constant(LABELS));
      ClassificationTower training =
          ClassificationTower.build(
              store, Tower.training(), net, batch, Targets.plain(), Objective.classes());
      ClassificationTower evaluation =
          ClassificationTower.build(
              store, Tower.inference(), net, batch, Targets.plain(), Objective.classes());
      store.initialize(session);
      try (var result =
          session
              .runner()
              .fetch(training.logits())
              .fetch(training.loss())
              .fetch(evaluation.loss())
              .fetch(training.correct().orElseThrow())
              .fetch(evaluation.correct().orElseThrow())
              .run()) {
        float[] logits = new float[3 * CLASSES];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(logits);
        double trained = ((TFloat32) result.get(1)).getFloat();
        double evaluated = ((TFloat32) result.get(2)).getFloat();
        assertThat(evaluated).isCloseTo(entropy(logits, 0), within(1e-4));
        assertThat(trained).isCloseTo(entropy(logits, MARGIN), within(1e-3));
        assertThat(trained).isGreaterThan(evaluated + 1);
        assertThat(((TInt32) result.get(3)).getInt()).isEqualTo(((TInt32) result.get(4)).getInt());
      }
    }
  }

  private static double entropy(float[] logits, double margin) {
    double sum = 0;
    for (int n = 0; n < LABELS.length; n++) {
      double[] row = new double[CLASSES];
      double normal = 0;
      for (int c = 0; c < CLASSES; c++) {
        row[c] = logits[n * CLASSES + c];
        if (c == LABELS[n]) {
          row[c] = SCALE * Math.cos(Math.acos(row[c] / SCALE) + margin);
        }
        normal += Math.exp(row[c]);
      }
      sum += Math.log(normal) - row[LABELS[n]];
    }
    return sum / LABELS.length;
  }
}
