package dev.recal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images per second of the job on two executors of one core, beside one process with one and two
 * threads; loading the model included, Spark's start excluded. {@code -Drecal.images=N} scores
 * another number of photographs.
 */
@Tag("slow")
// Spark 4.0 supports JDK 17 and 21; Hadoop fails from 24 on.
@EnabledForJreRange(max = JRE.JAVA_23)
class ThroughputTest {

  private static final int PHOTOGRAPHS = Integer.getInteger("recal.images", 240);
  private static final int THUMBNAILS = 20 * PHOTOGRAPHS;
  private static final int MINUTES = 10;
  private static final Pattern RATE = Pattern.compile("\\(([0-9.,]+) images/s\\); the model");

  @TempDir private Path directory;

  @Test
  void photographs() throws Exception {
    measure("ResNet-50, 500×375", ResNet.imagenet(50), 224, PHOTOGRAPHS, 375, 500);
  }

  @Test
  void thumbnails() throws Exception {
    measure("ResNet-20, 32×32", ResNet.cifar(20), 32, THUMBNAILS, 32, 32);
  }

  private void measure(String name, Network network, int size, int count, int height, int width)
      throws Exception {
    String model = Samples.model(directory.resolve("model"), network, size).toString();
    Path images = directory.resolve("images");
    Samples.images(images, count, height, width);
    double one = predictor(model, images, 1);
    double two = predictor(model, images, 2);
    double spark = spark(model, images);
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %,d | %,.1f | %,.1f | %,.1f | %,.0f %% |%n",
            name,
            count,
            one,
            two,
            spark,
            100 * spark / two);
    System.out.print(row);
    Path table = Files.createDirectories(Path.of("target", "throughput"));
    Files.writeString(table.resolve(size + ".md"), row);
    assertThat(spark).isGreaterThan(0);
  }

  private double predictor(String model, Path images, int threads) throws Exception {
    List<String> command = SparkSubmit.java(List.of());
    command.add(PredictorThroughput.class.getName());
    command.addAll(List.of(model, images.toString(), Integer.toString(threads)));
    Path output = directory.resolve("predictor.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    Process process = builder.redirectOutput(output.toFile()).start();
    finish(process, output);
    return Double.parseDouble(Files.readString(output).strip());
  }

  private double spark(String model, Path images) throws Exception {
    Path output = directory.resolve("spark.log");
    Path home = Files.createDirectories(directory.resolve("spark"));
    List<String> options =
        new ArrayList<>(List.of("--model", model, "--images", images.toString()));
    options.addAll(List.of("--out", directory.resolve("out").toString(), "--threads", "1"));
    finish(SparkSubmit.start(home, output, List.of(), List.of(), options), output);
    Matcher found = RATE.matcher(Files.readString(output));
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1).replace(",", ""));
  }

  private static void finish(Process process, Path output)
      throws InterruptedException, IOException {
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }
}
