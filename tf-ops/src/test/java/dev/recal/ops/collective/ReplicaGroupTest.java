package dev.recal.ops.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

class ReplicaGroupTest {

  private static final CollectiveSettings SETTINGS = CollectiveSettings.defaults();

  private static Operand<TFloat32> values(Ops tf, float first, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = first + i;
    }
    return tf.constant(values);
  }

  @Test
  void sumsAndAveragesOverReplicas() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      List<Operand<TFloat32>> results = new ArrayList<>();
      for (ReplicaGroup group : SeveralDevices.groups(3, SETTINGS)) {
        Operand<TFloat32> own = values(tf, 10f * group.index(), 4);
        results.add(group.sum(tf, own));
        results.add(group.mean(tf, own));
      }
      try (Session session = SeveralDevices.session(graph, 3, 2)) {
        for (int step = 0; step < 2; step++) {
          List<float[]> found = SeveralDevices.values(session, results);
          for (int i = 0; i < found.size(); i += 2) {
            assertThat(found.get(i)).containsExactly(30, 33, 36, 39);
            assertThat(found.get(i + 1)).containsExactly(10, 11, 12, 13);
          }
        }
      }
    }
  }

  // With one thread for all operations, collectives that wait must not block each other.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void fusedBucketedAndSeparateMeansAgree(int threads) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      List<Operand<TFloat32>> fused = new ArrayList<>();
      List<Operand<TFloat32>> others = new ArrayList<>();
      for (ReplicaGroup group : SeveralDevices.groups(2, SETTINGS)) {
        List<Operand<TFloat32>> own = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          Operand<TFloat32> vector = values(tf, 7f * i + group.index(), 6 * (i % 5));
          own.add(tf.reshape(vector, tf.constant(new int[] {2, i % 5, 3})));
        }
        own.add(tf.constant(2f + group.index()));
        fused.addAll(group.means(tf, own));
        others.addAll(group.means(tf, own, 100, true));
        fused.addAll(fused.subList(fused.size() - own.size(), fused.size()));
        others.addAll(group.separateMeans(tf, own));
      }
      for (int i = 0; i < fused.size(); i++) {
        assertThat(fused.get(i).shape()).isEqualTo(others.get(i).shape());
      }
      List<Operand<TFloat32>> all = new ArrayList<>(others);
      fused.stream().distinct().forEach(all::add);
      try (Session session = SeveralDevices.session(graph, 2, threads)) {
        List<float[]> found = SeveralDevices.values(session, all);
        assertThat(found.get(1)).containsExactly(7.5f, 8.5f, 9.5f, 10.5f, 11.5f, 12.5f);
        assertThat(found.get(40)).containsExactly(2.5f);
        List<float[]> fusedOnes = found.subList(others.size(), all.size());
        for (int i = 0; i < others.size(); i++) {
          int place = i % 41 + (i < 82 ? 0 : 41);
          assertThat(found.get(i)).containsExactly(fusedOnes.get(place));
        }
      }
    }
  }

  @Test
  void allWaysOfExchangeAgree() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      List<Operand<TFloat32>> means = new ArrayList<>();
      for (ReplicaGroup group : SeveralDevices.groups(2, SETTINGS.withBucketBytes(8))) {
        List<Operand<TFloat32>> own = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
          own.add(tf.math.square(values(tf, i + group.index(), i)));
        }
        for (GradientExchange exchange :
            EnumSet.range(GradientExchange.FUSED, GradientExchange.SEPARATE)) {
          means.addAll(exchange.means(group, tf, own));
        }
      }
      try (Session session = SeveralDevices.session(graph, 2, 2)) {
        List<float[]> found = SeveralDevices.values(session, means);
        for (int i = 0; i < found.size(); i += 3) {
          assertThat(found.get(i)).containsExactly(2.5f);
          assertThat(found.get(i + 1)).containsExactly(6.5f, 12.5f);
          assertThat(found.get(i + 2)).containsExactly(12.5f, 20.5f, 30.5f);
        }
      }
    }
  }

  @Test
  void bucketsFollowTheBackwardPass() {
    long[] sizes = {5, 4, 3, 20, 1, 2};
    assertThat(FusedValues.buckets(sizes, 8))
        .containsExactly(List.of(5, 4), List.of(3), List.of(2, 1), List.of(0));
    assertThat(FusedValues.buckets(sizes, 100)).containsExactly(List.of(5, 4, 3, 2, 1, 0));
  }

  // The objective is the mean over the replicas of Σ w ⊙ (x + mean(x)²), w different in each.
  @Test
  void gradientOfMeanAgreesWithTheObjectiveOfAllReplicas() {
    int replicas = 3;
    float[] x = {0.5f, -1.25f, 2f};
    float[] w = {1f, 3f, -0.5f};
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      List<Operand<TFloat32>> gradients = new ArrayList<>();
      for (ReplicaGroup group : SeveralDevices.groups(replicas, SETTINGS)) {
        Operand<TFloat32> own = tf.constant(new float[] {x[group.index()]});
        Operand<TFloat32> square = tf.math.square(group.differentiableMean(tf, own));
        Operand<TFloat32> y = tf.math.mul(tf.math.add(own, square), tf.constant(w[group.index()]));
        // Two gradients through one mean must not share a collective.
        gradients.addAll(Gradients.of(y, List.of(own)));
        gradients.addAll(Gradients.of(tf.math.mul(y, tf.constant(2f)), List.of(own)));
      }
      try (Session session = SeveralDevices.session(graph, replicas, 1)) {
        List<float[]> found = SeveralDevices.values(session, gradients);
        for (int i = 0; i < replicas; i++) {
          double expected = replicas * numeric(x, w, i);
          assertThat(found.get(2 * i)[0]).isCloseTo((float) expected, within(expected));
          assertThat(found.get(2 * i + 1)[0]).isCloseTo((float) (2 * expected), within(expected));
        }
      }
    }
  }

  private static org.assertj.core.data.Offset<Float> within(double value) {
    return org.assertj.core.data.Offset.offset((float) (1e-5 * (1 + Math.abs(value))));
  }

  private static double numeric(float[] x, float[] w, int place) {
    double h = 1e-4;
    return (objective(x, w, place, h) - objective(x, w, place, -h)) / (2 * h);
  }

  private static double objective(float[] x, float[] w, int place, double moved) {
    double mean = moved / x.length;
    for (float value : x) {
      mean += value / x.length;
    }
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += w[i] * (x[i] + (i == place ? moved : 0) + mean * mean);
    }
    return sum / x.length;
  }

  @Test
  void singleReplicaAddsNoOperations() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> x = tf.constant(1f);
      ReplicaGroup single = ReplicaGroup.single();
      assertThat(single.mean(tf, x)).isSameAs(x);
      assertThat(single.sum(tf, x)).isSameAs(x);
      assertThat(single.differentiableMean(tf, x)).isSameAs(x);
      assertThat(single.means(tf, List.of(x))).containsExactly(x);
      graph.operations().forEachRemaining(op -> assertThat(op).isEqualTo(x.op()));
    }
  }

  @Test
  void missingReplicaFailsWithinTheTimeoutOfTheRun() {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      ReplicaGroup first = SeveralDevices.groups(2, SETTINGS).get(0);
      Operand<TFloat32> mean = first.mean(tf, tf.constant(1f));
      try (Session session = SeveralDevices.session(graph, 2, 2)) {
        RunOptions options = RunOptions.newBuilder().setTimeoutInMs(500).build();
        assertThatThrownBy(() -> session.runner().setOptions(options).fetch(mean).run())
            .hasMessageContaining("Timed out");
      }
    }
  }

  @Test
  void rejectsUnusableGroups() {
    assertThatThrownBy(() -> ReplicaGroup.of(2, 2, "/device:CPU:0", SETTINGS))
        .hasMessage("index: expected from 0 to 1, but got 2.");
    assertThatThrownBy(() -> ReplicaGroup.of(2, 0, "CPU", SETTINGS))
        .hasMessageStartingWith("device: expected a name like /job:worker/replica:0");
    String device = "/job:worker/replica:0/task:1/device:CPU:0";
    assertThat(ReplicaGroup.of(2, 1, device, SETTINGS).device()).isEqualTo(device);
  }
}
