package dev.recal.savedmodels;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.recal.savedmodels",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.recal.savedmodels.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule SUBPACKAGES_DO_NOT_DEPEND_ON_THE_ROOT_PACKAGE =
      noClasses()
          .that()
          .resideInAnyPackage("dev.recal.savedmodels.*..")
          .and()
          // It is a layer above: it runs a model to check that the model accepts its requests.
          .resideOutsideOfPackage("dev.recal.savedmodels.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.savedmodels");

  @ArchTest
  static final ArchRule ONLY_SERVING_DEPENDS_ON_SERVING =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.savedmodels.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.savedmodels.serving..");

  @ArchTest
  static final ArchRule NO_DEPENDENCY_ON_TRAINING_OR_TOOLS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.recal.graphs..", "dev.recal.tools..");
}
