package dev.recal.tools.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A classifier and a generator in this library's TensorFlow and in an old one, and the classifier
 * in Python's, if available.
 */
class CompatibilityTest {

  private static final LabDirectory LABORATORY = LabDirectory.in("compatibility-of-two");
  private static List<SampleModel> models;

  static List<Consumer> consumers() {
    return List.of(Consumers.OWN, Consumers.OLD);
  }

  @BeforeAll
  static void export() throws IOException {
    models = LABORATORY.export(List.of("SRM-ResNet", "FastGAN SLIM"));
  }

  @ParameterizedTest
  @MethodSource("consumers")
  void outputsMatchTheExport(Consumer consumer) throws Exception {
    Assumptions.assumeTrue(Consumers.havePlatform(), Consumers.PLATFORM);
    passes(consumer, models);
  }

  @Test
  void matchesInPython() throws Exception {
    PythonProgram program = Consumers.PYTHON;
    Assumptions.assumeTrue(program.interpreter().isPresent(), "RECAL_PYTHON names no interpreter");
    String search = "import importlib.util as u; exit(not u.find_spec('tensorflow'))";
    List<String> command = List.of(program.interpreter().orElseThrow(), "-c", search);
    ProcessResult child =
        ProcessResult.run(command, Map.of(), LABORATORY.home().resolve("python.txt"), 60);
    Assumptions.assumeTrue(child.succeeded(), "RECAL_PYTHON has no TensorFlow");
    passes(Consumers.python(), models.subList(0, 1));
  }

  private static void passes(Consumer consumer, List<SampleModel> asked) throws Exception {
    List<Findings> findings = LABORATORY.examine(consumer, asked);
    for (int i = 0; i < asked.size(); i++) {
      List<Check> checks = findings.get(i).checks();
      assertThat(findings.get(i).failures()).as(asked.get(i).title()).isEmpty();
      assertThat(checks).extracting(Check::name).containsAll(asked.get(i).signatures());
    }
  }
}
