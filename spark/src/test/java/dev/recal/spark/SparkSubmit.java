package dev.recal.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Spark's launcher in a process, as {@code spark-submit} starts it, with a cluster of two executors
 * of one core, each of which is a process too.
 */
public final class SparkSubmit {

  // A test ends before compiled code would pay.
  private static final List<String> SHORT = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  private static final List<String> QUERIES_OF_A_TEST =
      List.of("spark.sql.codegen.wholeStage=false", "spark.sql.codegen.factoryMode=NO_CODEGEN");

  private SparkSubmit() {}

  /** Starts the job for a test of a few images; see {@link #start}. */
  public static Process startShort(Path home, Path output, List<String> options)
      throws IOException {
    List<String> settings = new ArrayList<>(QUERIES_OF_A_TEST);
    settings.add("spark.executor.extraJavaOptions=" + String.join(" ", SHORT));
    return start(home, output, SHORT, settings, options);
  }

  /**
   * Starts the job.
   *
   * @param home an existing directory for Spark's files and logs
   * @param output gets what the process prints
   * @param java options of the driver's JVM
   * @param settings of Spark
   * @param options of the job
   */
  public static Process start(
      Path home, Path output, List<String> java, List<String> settings, List<String> options)
      throws IOException {
    // The workers want a directory of jars; those of the tests come with the class path.
    Files.createDirectories(home.resolve("jars"));
    List<String> command = java(java);
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of("--master", "local-cluster[2,1,1024]"));
    command.addAll(List.of("--class", "dev.recal.spark.job.ScoreImages"));
    List<String> all = new ArrayList<>(settings);
    all.addAll(
        List.of(
            "spark.executor.extraClassPath=" + classPath(),
            "spark.ui.enabled=false",
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.sql.shuffle.partitions=2",
            // The first tasks would otherwise all go to the executor that is there first.
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.executorEnv.TF_CPP_MIN_LOG_LEVEL=2"));
    all.forEach(setting -> command.addAll(List.of("--conf", setting)));
    // Stands for the jar of the job, which is in the class path.
    command.add("spark-internal");
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Returns the beginning of a command with the tests' class path; the main class is next. */
  static List<String> java(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(options);
    command.addAll(List.of("-Xmx1g", "-cp", classPath()));
    return command;
  }

  private static String classPath() {
    String paths =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(paths.split(File.pathSeparator))
        .map(path -> Path.of(path).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
