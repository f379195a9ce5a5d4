package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class AndOrNetTest {

  private static final int SIDE = 6;

  // Without a stem of its own, so that one stage is the block alone.
  private static final AndOrNet NET =
      AndOrNet.cifar().with().stages(List.of(16), List.of(2)).classes(3).build();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void computesTheEquationsOfItsBlocks(boolean residual) {
    AndOrNet net = NET.with().residual(residual).build();
    try (Towers towers = new Towers(net, Tower.serving(), Shape.of(1, SIDE, SIDE, 3))) {
      Map<String, float[]> weights = new HashMap<>();
      List<Variable<TFloat32>> variables = towers.store.trainable();
      List<float[]> values = towers.run(variables.stream().map(Variable::read).toList());
      for (int i = 0; i < values.size(); i++) {
        weights.put(variables.get(i).name(), values.get(i));
      }
      List<float[]> maps =
          towers.run(
              List.of(
                  towers.output.stages().get("stem").map(),
                  towers.output.stages().get("stage1").map()));
      double[][] expected = AndOrReference.pixels(maps.get(0), SIDE * SIDE);
      for (int block = 0; block < 2; block++) {
        expected =
            new AndOrReference(weights, "stage1/block" + block + "/", SIDE, 4, residual)
                .block(expected);
      }
      double[][] found = AndOrReference.pixels(maps.get(1), SIDE * SIDE);
      double largest = 0;
      for (int i = 0; i < found.length; i++) {
        for (int c = 0; c < found[i].length; c++) {
          assertThat(found[i][c])
              .isCloseTo(expected[i][c], within(1e-5 * Math.max(1, Math.abs(expected[i][c]))));
          largest = Math.max(largest, expected[i][c]);
        }
      }
      assertThat(largest).isGreaterThan(0.1);
    }
  }

  @Test
  void hasTheNodesOfFourSlices() {
    try (Towers towers = new Towers(NET, Tower.serving(), Shape.of(1, SIDE, SIDE, 3))) {
      List<String> nodes =
          towers.store.trainable().stream()
              .map(Variable::name)
              .filter(name -> name.matches("stage1/block0/[^/]*/conv2/.*"))
              .map(name -> name.split("/")[2])
              .sorted()
              .toList();
      assertThat(nodes)
          .containsExactly(
              "and0-1-1",
              "and0-3-1",
              "and0-3-2",
              "and1-3-1",
              "and2-3-1",
              "or0-1",
              "or0-3",
              "or1-3",
              "or2-3",
              "t0-0",
              "t0-1",
              "t0-3",
              "t1-1",
              "t1-3",
              "t2-2",
              "t2-3",
              "t3-3");
    }
  }

  @Test
  void placesAttentiveNormsInNodesWithAllChannels() {
    AndOrNet attentive =
        NET.with().attentive(AttentivePlaces.at(NormPlace.BN2).components(List.of(5))).build();
    try (Towers towers = new Towers(attentive, Tower.serving(), Shape.of(1, SIDE, SIDE, 3))) {
      List<String> norms =
          towers.store.trainable().stream()
              .filter(variable -> variable.name().endsWith("gamma"))
              .filter(variable -> variable.shape().numDimensions() == 2)
              .map(Variable::name)
              .filter(name -> name.contains("block0"))
              .toList();
      assertThat(norms)
          .containsExactlyInAnyOrder(
              "stage1/block0/t0-3/bn2/gamma",
              "stage1/block0/and0-3-1/bn2/gamma",
              "stage1/block0/and0-3-2/bn2/gamma",
              "stage1/block0/or0-3/bn2/gamma");
    }
  }

  @Test
  void rejectsChannelsThatCannotBeCut() {
    assertThatThrownBy(() -> NET.with().stages(List.of(18), List.of(1)).build())
        .hasMessage("stages: expected a multiple of 4 for each of the 1 repeats, but got [18].");
    assertThatThrownBy(() -> NET.with().slices(1).build())
        .hasMessage("slices: expected at least 2, but got 1.");
    assertThatThrownBy(() -> AndOrNet.imagenet(40)).hasMessageContaining("12 or 42");
  }
}
