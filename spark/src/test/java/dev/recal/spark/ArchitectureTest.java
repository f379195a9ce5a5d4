package dev.recal.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;

/** Allowed imports; the tests of tools do not see this module, so that they do not need Spark. */
@AnalyzeClasses(packages = "dev.recal.spark", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule NO_DEPENDENCY_ON_TOOLS_OR_A_COMMAND_LINE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.recal.tools..", "dev.recal.testing..", "picocli..", "org.apache.logging..");

  @ArchTest
  static final ArchRule PIPELINES_DO_NOT_DEPEND_ON_THE_JOB =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.spark")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.spark.job..");

  @ArchTest
  static final ArchRule NO_FORMATTING_IN_THE_DEFAULT_LOCALE =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(String.class, "toLowerCase")
          .orShould()
          .callMethod(String.class, "toUpperCase");

  // Files of images and tables are read through Hadoop, whole local ones by dev.recal.ops.files.
  @ArchTest
  static final ArchRule NO_WHOLE_LOCAL_FILES =
      noClasses()
          .should()
          .callMethod(Files.class, "readAllBytes", Path.class)
          .orShould()
          .callMethod(Files.class, "readString", Path.class);

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.recal.(**)").should().beFreeOfCycles();
}
