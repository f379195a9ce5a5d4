package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DetectQuickstartTest {

  private static final String HOME = "recal.home";

  @TempDir private Path directory;
  private String before;

  @BeforeEach
  void findRecipes() {
    before = System.setProperty(HOME, Path.of("..").toAbsolutePath().toString());
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, before);
    }
  }

  @Test
  void trainsExportsAndDetects() {
    Path run = directory.resolve("run");
    CommandResult ran =
        CommandResult.of(
            "detect",
            "quickstart",
            "--plain",
            "--out",
            run,
            "--set",
            "training.steps=2",
            "--set",
            "training.batch=2",
            "--set",
            "data.training.count=4",
            "--set",
            "data.evaluation.count=2");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("2. Training Mask R-CNN on 4 scenes.", "Found objects");
    for (String file :
        List.of(
            "samples/scene1.png",
            "drawn/scene1.png",
            "model/1/saved_model.pb",
            "detections/step-000000002.png",
            "precision-recall.png",
            "curves.png")) {
      assertThat(run.resolve(file)).exists();
    }
  }
}
