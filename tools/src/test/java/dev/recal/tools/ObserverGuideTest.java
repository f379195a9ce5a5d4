package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.task.RunDirectory;
import example.StopAtAccuracy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/networks-of-your-own.md is the tested one. */
class ObserverGuideTest {

  @Test
  void theGuideShowsTheCodeAsItIs() throws IOException {
    assertThat(Files.readString(Path.of("../docs/networks-of-your-own.md")))
        .contains(
            "```java\n"
                + Files.readString(Path.of("src/test/java/example/StopAtAccuracy.java"))
                + "```\n");
  }

  @Test
  void theProgramStopsAtTheAccuracy(@TempDir Path directory) throws IOException {
    Path recipe = directory.resolve("tiny.json");
    Files.writeString(
        recipe,
        """
        {"name": "tiny",
         "network": {"preset": "resnet20-cifar", "repeats": [1, 1, 1], "width": 0.5},
         "data": {"training": {"type": "textures", "perClass": 2},
                  "evaluation": {"type": "textures", "split": "test", "perClass": 1},
                  "imageSize": 16},
         "training": {"batch": 10, "steps": 8, "evaluateEvery": 1, "threads": 1}}
        """);
    Path run = directory.resolve("run");
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      // Every accuracy is at least 0: the first evaluation, after two steps, stops the run.
      StopAtAccuracy.main(new String[] {recipe.toString(), run.toString(), "0"});
    } finally {
      System.setOut(out);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("is reached at step 2.", "Stopped at step 3.");
    assertThat(RunDirectory.open(run).checkpoints().all().get(0)).hasFileName("step-000000003");
  }
}
