package dev.recal.tools.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family of networks in every consumer; writes {@code docs/compatibility.md}.
 *
 * <p>{@code -Dcompatibility.consumers=REGEX} runs consumers whose title matches, and {@code
 * -Dcompatibility.networks=REGEX} only tests such networks; the page then keeps the other results.
 */
@Tag("compatibility")
class CompatibilityLabTest {

  private static final LabDirectory LABORATORY = LabDirectory.in("compatibility");
  private static List<SampleModel> models;

  static List<Consumer> consumers() {
    Predicate<String> wanted = wanted("compatibility.consumers");
    return Consumers.all().stream().filter(one -> wanted.test(one.title())).toList();
  }

  @BeforeAll
  static void export() throws IOException {
    Assumptions.assumeTrue(Consumers.havePlatform(), Consumers.PLATFORM);
    Predicate<String> wanted = wanted("compatibility.networks");
    models = LABORATORY.export(SampleNetworks.all().keySet().stream().filter(wanted).toList());
  }

  private static Predicate<String> wanted(String property) {
    return Pattern.compile(System.getProperty(property, "")).asPredicate();
  }

  @ParameterizedTest
  @MethodSource("consumers")
  void outputsMatchTheExport(Consumer consumer) throws Exception {
    List<Findings> findings = LABORATORY.examine(consumer, models);
    List<String> unknown = new ArrayList<>();
    for (Findings one : findings) {
      for (Check check : one.failures()) {
        if (!KnownLimits.contain(consumer, one.model(), check)) {
          unknown.add(one.model() + ", " + check.name() + ": " + check.detail());
        }
      }
    }
    assertThat(unknown).as(consumer.title()).isEmpty();
  }

  @AfterAll
  static void report() throws IOException {
    Path page = Repository.ROOT.resolve("docs").resolve("compatibility.md");
    LABORATORY.report(page, Consumers.all());
  }
}
