package dev.recal.graphs.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateSweepTest {

  @TempDir Path directory;

  // Flat, then falling between 1e-3 and 1e-1, then rising.
  private static RateSweep sweep() {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i <= 150; i++) {
      double decade = -5 + 6 * i / 150.0;
      rates.add(Math.pow(10, decade));
      double fallen = 1 / (1 + Math.exp(-4 * (decade + 2)));
      losses.add(2 - 1.5 * fallen + Math.max(0, decade) * 5);
    }
    return RateSweep.of(rates, losses);
  }

  @Test
  void theSteepestFallAndATenthOfTheMinimumAreSuggested() {
    RateSweep.Suggestion found = sweep().suggestion().orElseThrow();
    // The average lags behind the loss by up to ten steps, which are 0.4 decades.
    assertThat(Math.log10(found.steepest())).isBetween(-2.1, -1.5);
    assertThat(Math.log10(found.tenth())).isBetween(-1.3, -0.7);
  }

  @Test
  void aRisingLossSuggestsNothing() {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rates.add(Math.pow(10, -5 + i / 10.0));
      losses.add(1.0 + i);
    }
    assertThat(RateSweep.of(rates, losses).suggestion()).isEmpty();
    assertThat(new RateSweep(List.of()).suggestion()).isEmpty();
  }

  @Test
  void pointsAreWrittenAsATable() throws IOException {
    Path file = directory.resolve("rates.csv");
    sweep().writeCsv(file);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(152).first().isEqualTo("step,learning_rate,loss,smooth_loss");
    assertThat(lines.get(1)).startsWith("1,1.000000e-05,1.9999");
    Path png = directory.resolve("rates.png");
    RateChart.draw(sweep(), png);
    assertThat(Files.size(png)).isGreaterThan(1000);
  }
}
