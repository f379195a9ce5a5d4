package dev.recal.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom; this module sees all others. */
@AnalyzeClasses(packages = "dev.recal", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule GRAPHS_DO_NOT_KNOW_SAVED_MODELS =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.graphs..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.savedmodels..");

  @ArchTest
  static final ArchRule SAVED_MODELS_DO_NOT_KNOW_GRAPHS =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.savedmodels..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.graphs..");

  @ArchTest
  static final ArchRule OPS_KNOW_NOBODY =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.ops..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.recal.graphs..",
              "dev.recal.savedmodels..",
              "dev.recal.models..",
              "dev.recal.testing..",
              "dev.recal.tools..");

  @ArchTest
  static final ArchRule THE_LIBRARIES_BELOW_DO_NOT_KNOW_MODELS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.recal.models..", "dev.recal.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.models..");

  @ArchTest
  static final ArchRule MODELS_KNOW_NO_COMMAND_LINE_SERVER_OR_LOGGING_BINDING =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.models..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "picocli..", "org.eclipse.jetty..", "org.slf4j.simple..", "ch.qos.logback..");

  @ArchTest
  static final ArchRule NOTHING_THAT_RUNS_KNOWS_THE_TEST_FIXTURES =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.testing..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.recal.testing..", "org.junit..", "org.assertj..");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_TOOLS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.tools..");

  // Whatever the bytes are, the result is a message or a sentence; see ForeignMessages.
  @ArchTest
  static final ArchRule MESSAGES_ARE_PARSED_IN_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.recal.ops.records.ForeignMessages")
          .and()
          .resideOutsideOfPackage("dev.recal.savedmodels.proto..")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(HasName.Predicates.nameMatching("parse(Delimited)?From"))
                  .and(
                      JavaCall.Predicates.target(
                          HasOwner.Predicates.With.owner(
                              JavaClass.Predicates.assignableTo(MessageLite.class)
                                  .or(JavaClass.Predicates.assignableTo(Parser.class))))));

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.recal.(**)").should().beFreeOfCycles();
}
