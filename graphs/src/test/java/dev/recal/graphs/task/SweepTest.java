package dev.recal.graphs.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SweepTest {

  private static List<StudyVariation> of(List<String> grid, List<String> random, int count) {
    return new Sweep(
            grid.stream().map(Sweep.Values::parse).toList(),
            random.stream().map(Sweep.Range::parse).toList(),
            count,
            5)
        .variations();
  }

  @Test
  void combinesTheValuesOfAGrid() {
    List<StudyVariation> variations =
        of(
            List.of("training.learningRate.base=0.1,1e-2", "network.repeats=[1,1],[2,2]"),
            List.of(),
            0);
    assertThat(variations)
        .extracting(StudyVariation::name)
        .containsExactly(
            "base0.1-repeats_1_1_",
            "base0.1-repeats_2_2_",
            "base1e-2-repeats_1_1_",
            "base1e-2-repeats_2_2_");
    assertThat(variations.get(3).changes())
        .containsExactly("training.learningRate.base=1e-2", "network.repeats=[2,2]");
  }

  @Test
  void drawsValuesWithinTheirRanges() {
    List<String> ranges = List.of("a=log:1e-4:1e-1", "b=uniform:-1:1", "c=int:2:4");
    List<StudyVariation> many = of(List.of(), ranges, 200);
    assertThat(many.subList(0, 3)).isEqualTo(of(List.of(), ranges, 3));
    int low = 0;
    for (StudyVariation variation : many) {
      double a = Double.parseDouble(variation.setting("a"));
      assertThat(a).isBetween(1e-4, 1e-1);
      assertThat(Double.parseDouble(variation.setting("b"))).isBetween(-1.0, 1.0);
      assertThat(variation.setting("c")).isIn("2", "3", "4");
      low += a < Math.sqrt(1e-5) ? 1 : 0;
    }
    assertThat(low).isBetween(75, 125);
    assertThat(many).extracting(v -> v.setting("c")).contains("2", "3", "4");
    assertThat(of(List.of("d=1,2"), ranges, 2))
        .extracting(StudyVariation::name)
        .containsExactly("d1-random1", "d1-random2", "d2-random1", "d2-random2");
  }

  @Test
  void rejectsWhatIsNoSweep() {
    assertThatThrownBy(() -> of(List.of(), List.of(), 0))
        .hasMessage("grid: expected --grid or --random, but got neither.");
    assertThatThrownBy(() -> of(List.of("a=1,"), List.of(), 0))
        .hasMessageContaining("no value of 'a'");
    assertThatThrownBy(() -> of(List.of(), List.of("a=log:0:1"), 1))
        .hasMessage("random: expected positive numbers on a log scale, but got 0.0.");
    assertThatThrownBy(() -> of(List.of(), List.of("a=normal:0:1"), 1))
        .hasMessageContaining("key=log:LOW:HIGH")
        .hasMessageContaining("'a=normal:0:1'");
    assertThatThrownBy(() -> of(List.of("a=1"), List.of("a=int:0:1"), 1))
        .hasMessageContaining("a twice");
  }
}
