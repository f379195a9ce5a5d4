package dev.recal.tools.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.ops.Layer;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.recalibration.ChannelGate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The published cases of layers that can be fused, through the fused form. */
class FusedGoldenTest {

  @Test
  void theFusedFormPassesThePublishedCases() throws IOException {
    Path published =
        Path.of(Objects.requireNonNullElse(System.getenv("RECAL_GOLDEN"), "../../shared/golden"));
    assumeThat(published).isDirectory();
    List<GoldenCase> cases =
        GoldenManifest.read(published).stream()
            .filter(GoldenCase::training)
            .filter(golden -> fused(golden).isPresent())
            .toList();
    assertThat(cases).isNotEmpty();
    for (GoldenCase golden : cases) {
      GoldenModule module = new GoldenModule(fused(golden).orElseThrow());
      GoldenResult result = GoldenRunner.compare(golden, module, GoldenTensors.read(golden.file()));
      assertThat(result.problems()).as(golden.name()).isEmpty();
      assertThat(result.status()).as(golden.name()).isEqualTo(GoldenResult.Status.PASSED);
    }
  }

  private static Optional<Layer> fused(GoldenCase golden) {
    Object layer = GoldenModule.read(golden.module(), golden.settings()).layer();
    if (layer instanceof AttentiveNorm norm && norm.base() == AttentiveNorm.Base.BATCH) {
      return Optional.of((context, x) -> norm.fold(context, x).orElseThrow().build());
    }
    if (layer instanceof ChannelGate gate && gate.canFold()) {
      return Optional.of((context, x) -> gate.fold(context, FoldedMap.of(context.tf(), x)).build());
    }
    return Optional.empty();
  }
}
