package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationProtocolTest {

  // Two folds of four pairs.
  private static final ScoredPairs PAIRS =
      new ScoredPairs(
          new double[] {0.1, 0.5, 1.0, 1.5, 0.2, 1.2, 0.9, 2.0},
          new boolean[] {true, true, false, false, true, true, false, false});

  @TempDir private Path directory;

  @Test
  void theThresholdIsTheFirstBestOneOfTheOtherFolds() {
    VerificationResult result = new VerificationProtocol(2, List.of(0.25, 0.5)).evaluate(PAIRS);
    // Best on the second fold: 0.2 accepted and nothing up to 0.9, or up to 1.2 with 0.9: 3 of 4.
    assertThat(result.folds().get(0).threshold()).isCloseTo(0.21, within(1e-12));
    assertThat(result.folds().get(0).accuracy()).isEqualTo(0.75);
    // Best on the first fold: just above 0.5, which is below the distance 1.2.
    assertThat(result.folds().get(1).threshold()).isCloseTo(0.51, within(1e-12));
    assertThat(result.folds().get(1).accuracy()).isEqualTo(0.75);
    assertThat(result.accuracy()).isEqualTo(0.75);
    assertThat(result.deviation()).isZero();
    // FAR 0.25 is halfway between 0.9 and 0.901, where it becomes 0.5, and between 1 and 1.001.
    assertThat(result.rates().get(0).tar()).isEqualTo(0.75);
    assertThat(result.rates().get(0).achieved()).isEqualTo(0.25);
    // FAR 0.5 lasts to 2 and to 1.5.
    assertThat(result.rates().get(1).tar()).isEqualTo(1);
    assertThat(result.rates().get(1).achieved()).isEqualTo(0.75);
  }

  @Test
  void aPairAtTheThresholdIsNotAccepted() {
    ScoredPairs exact =
        new ScoredPairs(new double[] {0.5, 1, 0.5, 1}, new boolean[] {true, false, true, false});
    VerificationResult result = new VerificationProtocol(2, List.of()).evaluate(exact);
    assertThat(result.folds().get(0).threshold()).isEqualTo(0.51);
    assertThat(result.accuracy()).isEqualTo(1);
  }

  @Test
  void theCurveHasAreaAndEqualErrorRate() throws Exception {
    RocCurve curve = RocCurve.of(PAIRS);
    // Of 16 pairs of pairs, 1.2 is beyond 0.9 and 1.0.
    assertThat(curve.area()).isCloseTo(14 / 16.0, within(1e-12));
    assertThat(curve.equalErrorRate()).isCloseTo(0.25, within(1e-12));
    ScoredPairs tied = new ScoredPairs(new double[] {1, 1, 1}, new boolean[] {true, false, true});
    assertThat(RocCurve.of(tied).area()).isEqualTo(0.5);
    assertThat(RocCurve.of(tied).equalErrorRate()).isEqualTo(0.5);
    curve.writeCsv(directory.resolve("roc.csv"));
    assertThat(Files.readAllLines(directory.resolve("roc.csv")))
        .hasSize(9)
        .startsWith("distance,far,tar", "0.1,0.0,0.25");
    RocPlot.draw(curve, "pairs", directory.resolve("roc.png"));
    assertThat(ImageIO.read(directory.resolve("roc.png").toFile()).getWidth()).isEqualTo(960);
  }

  @Test
  void pairsThatCannotBeEvaluatedAreRejected() {
    VerificationProtocol protocol = new VerificationProtocol(2, List.of(1e-3));
    assertThatThrownBy(
            () ->
                protocol.evaluate(
                    new ScoredPairs(
                        new double[] {1, 1, 2, 2}, new boolean[] {true, true, false, false})))
        .hasMessage(
            "pairs: expected pairs of one and of different identities in each fold, but fold 1 of 2"
                + " has no pair of different identities.");
    assertThatThrownBy(() -> RocCurve.of(new ScoredPairs(new double[] {1}, new boolean[] {true})))
        .hasMessage("pairs: expected pairs of one and of different identities, but got 1 and 0.");
    assertThatThrownBy(
            () -> ScoredPairs.of(new double[][] {{1, 0}, {Double.NaN, 0}}, List.of(true)))
        .hasMessage("Row 2 has an embedding that is not finite.");
    assertThatThrownBy(() -> ScoredPairs.of(new double[][] {{0, 0}, {1, 0}}, List.of(true)))
        .hasMessage("Row 1 has an embedding of zeros, which has no direction.");
    assertThatThrownBy(() -> ScoredPairs.of(new double[][] {{1, 0}}, List.of(true)))
        .hasMessage("embeddings: expected two rows for each of 1 pairs, but got 1 rows.");
    assertThatThrownBy(() -> new VerificationProtocol(10, List.of(0.0)))
        .hasMessage("fars: expected rates above 0 and at most 1, but got 0.0.");
  }
}
