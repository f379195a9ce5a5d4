package dev.recal.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.recal.graphs.logs.ProgressBarLog;
import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Sessions;
import dev.recal.tools.console.ProgressBars;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Allowed imports; this module depends on all others. */
@AnalyzeClasses(packages = "dev.recal", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule GRAPHS_DO_NOT_DEPEND_ON_SAVED_MODELS =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.graphs..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.savedmodels..");

  @ArchTest
  static final ArchRule SAVED_MODELS_DO_NOT_DEPEND_ON_GRAPHS =
      noClasses()
          .that()
          .resideInAPackage("dev.recal.savedmodels..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.graphs..");

  @ArchTest
  static final ArchRule OPS_DEPEND_ON_NO_OTHER_MODULE =
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
  static final ArchRule LOWER_LIBRARIES_DO_NOT_DEPEND_ON_MODELS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.recal.models..", "dev.recal.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.models..");

  /**
   * In Arabic, String.format writes other digits, which would break names of files and operations.
   */
  @ArchTest
  static final ArchRule NO_FORMATTING_IN_THE_DEFAULT_LOCALE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.savedmodels.proto..")
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(String.class, "toLowerCase")
          .orShould()
          .callMethod(String.class, "toUpperCase")
          .orShould()
          .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintWriter.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(PrintStream.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintStream.class, "format", String.class, Object[].class);

  /** TensorFlow Java's own scopes number names in the locale of the machine, too. */
  @ArchTest
  static final ArchRule ONLY_GRAPH_SCOPE_NAMES_OPERATIONS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(GraphScope.class)
          .should()
          .callMethod(Ops.class, "create", ExecutionEnvironment.class)
          .orShould()
          .callMethod(Ops.class, "create");

  /** Sessions compute on the devices of the process, which {@link Sessions} adds. */
  @ArchTest
  static final ArchRule SESSIONS_COMPUTE_ON_THE_DEVICES_OF_THE_PROCESS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Sessions.class)
          .should()
          .callConstructor(Session.class, Graph.class);

  /** The library's own bars write to file descriptor 2, which the launcher filters by lines. */
  @ArchTest
  static final ArchRule PROGRESS_BARS_WRITE_TO_A_GIVEN_STREAM =
      noClasses()
          .that()
          .doNotBelongToAnyOf(ProgressBars.class, ProgressBarLog.class)
          .should()
          .callConstructor(ProgressBarBuilder.class);

  /** The packages of graphs, the lowest first; those on one line do not use each other. */
  private static final List<String> GRAPHS =
      List.of(
          "files",
          "charts",
          "data.items",
          "data.targets",
          "data data.coco",
          "data.scan",
          "data.shards",
          "data.source data.pipeline",
          "features network objective optimisation",
          "profile weights",
          "logs cluster",
          "training",
          "task",
          "classification.metrics classification.serving detection.found detection.metrics"
              + " style.loss synthesis.latent synthesis.loss synthesis.oneshot.edit",
          "classification detection style synthesis synthesis.metrics synthesis.oneshot",
          "detection.loss detection.serving style.training synthesis.projection synthesis.training"
              + " synthesis.oneshot.metrics synthesis.oneshot.image",
          "detection.training synthesis.oneshot.training",
          "explain pruning");

  @ArchTest
  static final ArchRule PACKAGES_OF_GRAPHS_ARE_LAYERED =
      classes()
          .that()
          .resideInAPackage("dev.recal.graphs..")
          .should(new LayeredPackages("dev.recal.graphs", GRAPHS));

  @ArchTest
  static void upwardDependenciesAndUnlistedPackagesAreReported(JavaClasses found) {
    // Charts use files.
    for (List<String> wrong : List.of(List.of("charts", "files"), List.of("files"))) {
      ArchRule rule =
          classes()
              .that()
              .resideInAPackage("dev.recal.graphs.charts")
              .should(new LayeredPackages("dev.recal.graphs", wrong));
      assertThat(rule.evaluate(found).hasViolation()).isTrue();
    }
  }

  @ArchTest
  static final ArchRule KINDS_OF_TRAINING_DO_NOT_DEPEND_ON_EACH_OTHER =
      slices()
          .matching("dev.recal.graphs.(classification|detection|style|synthesis)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule TRAINING_DOES_NOT_DEPEND_ON_ITS_TASKS =
      noClasses()
          .that()
          .resideInAnyPackage("dev.recal.graphs.training..", "dev.recal.graphs.task..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.recal.graphs.classification..",
              "dev.recal.graphs.detection..",
              "dev.recal.graphs.style..",
              "dev.recal.graphs.synthesis..");

  @ArchTest
  static final ArchRule LIBRARIES_HAVE_NO_COMMAND_LINE_SERVER_OR_LOGGING_BINDING =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "picocli..", "org.eclipse.jetty..", "org.slf4j.simple..", "ch.qos.logback..");

  @ArchTest
  static final ArchRule MAIN_CODE_DOES_NOT_DEPEND_ON_TEST_FIXTURES =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.testing..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.recal.testing..", "org.junit..", "org.assertj..");

  @ArchTest
  static final ArchRule ONLY_TOOLS_DEPENDS_ON_TOOLS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.tools..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.recal.tools..");

  /** Spark and its 160 jars stay in the module spark, which has its own test. */
  @ArchTest
  static final ArchRule NO_MODULE_DEPENDS_ON_SPARK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.recal.spark..", "org.apache.spark..", "org.apache.hadoop..");

  // Any bytes result in a message or a sentence; see UntrustedMessages.
  @ArchTest
  static final ArchRule MESSAGES_ARE_PARSED_IN_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.recal.ops.records.UntrustedMessages")
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

  // Failures name the file, and the byte that is not UTF-8; see TextFiles and FileBytes.
  @ArchTest
  static final ArchRule WHOLE_FILES_ARE_READ_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.recal.ops.files..")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                      HasName.Predicates.nameMatching(
                          "readAllBytes|readString|readAllLines|lines|newBufferedReader|newBufferedWriter"
                              + "|writeString"))
                  .and(
                      JavaCall.Predicates.target(
                          HasOwner.Predicates.With.owner(
                              JavaClass.Predicates.equivalentTo(Files.class)))));

  // Gson's parser is lenient, and its words are for programmers; see JsonRecords.
  @ArchTest
  static final ArchRule JSON_IS_PARSED_IN_ONE_PLACE =
      noClasses().should().dependOnClassesThat().areAssignableTo(JsonParser.class);

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.recal.(**)").should().beFreeOfCycles();
}
