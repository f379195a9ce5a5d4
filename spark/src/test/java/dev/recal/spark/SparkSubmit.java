package dev.recal.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Spark's launcher in a process, as {@code spark-submit} starts it, with a cluster of two executors
 * of one core, each of which is a process too.
 */
public final class SparkSubmit {

  // A test ends before compiled code would pay.
  private static final String SHORT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private SparkSubmit() {}

  /**
   * Starts the job.
   *
   * @param home an existing directory for Spark's files and logs
   * @param output gets what the process prints
   */
  public static Process start(Path home, Path output, List<String> options) throws IOException {
    // The workers want a directory of jars; those of the tests come with the class path.
    Files.createDirectories(home.resolve("jars"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of(SHORT.split(" ")));
    command.addAll(List.of("-Xmx1g", "-cp", absolute(classPath)));
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(List.of("--master", "local-cluster[2,1,1024]"));
    command.addAll(List.of("--class", "dev.recal.spark.job.ScoreImages"));
    for (String setting :
        List.of(
            "spark.executor.extraClassPath=" + absolute(classPath),
            "spark.executor.extraJavaOptions=" + SHORT,
            "spark.sql.codegen.wholeStage=false",
            "spark.sql.codegen.factoryMode=NO_CODEGEN",
            "spark.ui.enabled=false",
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.sql.shuffle.partitions=2",
            // The first tasks would otherwise all go to the executor that is there first.
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.executorEnv.TF_CPP_MIN_LOG_LEVEL=2")) {
      command.addAll(List.of("--conf", setting));
    }
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

  private static String absolute(String classPath) {
    List<String> paths = new ArrayList<>();
    for (String path : classPath.split(File.pathSeparator)) {
      paths.add(Path.of(path).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, paths);
  }
}
