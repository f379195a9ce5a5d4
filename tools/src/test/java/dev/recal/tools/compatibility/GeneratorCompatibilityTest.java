package dev.recal.tools.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.SkipKind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A generator in old TensorFlows: the same images by z, by seed, mixed, and as PNG files. */
class GeneratorCompatibilityTest {

  private static final Laboratory LABORATORY = Laboratory.in("compatibility-of-a-generator");
  private static List<SampleModel> models;

  @BeforeAll
  static void export() throws IOException {
    Assumptions.assumeTrue(Consumers.havePlatform(), Consumers.PLATFORM);
    models = LABORATORY.export("FastGAN-SLIM", FastGanGenerator.of(32, SkipKind.SLIM).width(4));
  }

  @Test
  void answersInTheOldestThatIsSmallEnoughForEveryBuild() throws Exception {
    passes(Consumers.OLD);
  }

  @Test
  @Tag("compatibility")
  void answersInTheOldest() throws Exception {
    passes(Consumers.first());
  }

  private static void passes(Consumer consumer) throws Exception {
    Findings findings = LABORATORY.examine(consumer, models).get(0);
    assertThat(findings.failures()).isEmpty();
    assertThat(findings.checks()).extracting(Check::name).containsAll(models.get(0).signatures());
  }
}
