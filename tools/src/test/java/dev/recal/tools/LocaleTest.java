package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command in locales with other digits, another i, another calendar and decimal commas, each in
 * a separate JVM.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocaleTest {

  @TempDir Path directory;

  @Test
  void arabic() throws Exception {
    assertWorks("ar", "EG");
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({"tr, TR", "th, TH", "de, DE"})
  void others(String language, String country) throws Exception {
    assertWorks(language, country);
  }

  private void assertWorks(String language, String country) throws Exception {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-Duser.language=" + language,
                "-Duser.country=" + country,
                "-Duser.extensions=" + ("th".equals(language) ? "u-nu-thai" : ""),
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                AllCommands.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    assertThat(directory.resolve("run/checkpoints/step-000000002")).isDirectory();
    assertThat(Files.readString(directory.resolve("run/metrics.jsonl")))
        .contains("\"loss\"")
        .doesNotContainPattern("[\u0660-\u0669\u0E50-\u0E59]");
    assertThat(Files.readString(output)).doesNotContainPattern("[\u0660-\u0669\u0E50-\u0E59]");
  }

  /** Runs commands in sequence; exits with the code of the first failure. */
  static final class AllCommands {

    private AllCommands() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      Path recipe = directory.resolve("tiny.json");
      Files.writeString(
          recipe,
          """
          {"name": "tiny",
           "network": {"preset": "srm-resnet20-cifar", "repeats": [1, 1, 1], "width": 0.25},
           "data": {"training": {"type": "textures", "perClass": 2, "size": 16},
                    "evaluation": {"type": "textures", "split": "test", "perClass": 1, "size": 16},
                    "imageSize": 16},
           "training": {"batch": 10, "steps": 2, "average": 0.9, "averageBatches": 1}}
          """);
      Path run = directory.resolve("run");
      Path model = directory.resolve("model");
      Path image = directory.resolve("image.png");
      run("train", recipe, "--out", run, "--export", model, "--plain");
      run("evaluate", run);
      ImageIO.write(new BufferedImage(20, 24, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
      run("verify", model);
      run("predict", model, image);
      run("explain", run, image, "--out", directory.resolve("explained"));
      run("inspect", model, "--json");
      run("profile", "srm-resnet20-cifar");
      run("export-weights", run, "--out", directory.resolve("weights.safetensors"));
      run("resume", run, "--set", "training.steps=3", "--plain");
      System.exit(0);
    }

    private static void run(Object... arguments) {
      String[] words = new String[arguments.length];
      for (int i = 0; i < words.length; i++) {
        words[i] = arguments[i].toString();
      }
      int exit = Main.commandLine().execute(words);
      if (exit != 0) {
        System.out.println(String.join(" ", words) + " ended with exit code " + exit);
        System.exit(exit);
      }
    }
  }
}
