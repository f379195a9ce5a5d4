package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.CommandResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings that Python computes with an exported face network. */
class EmbeddingPythonTest {

  @TempDir private Path directory;

  @Test
  void pythonComputesTheSameEmbeddings() throws Exception {
    Python.assume("tensorflow");
    Path run = directory.resolve("run");
    Path recipe = Path.of("..", "recipes", "faces-drawn.json");
    CommandResult trained = CommandResult.of("train", recipe, "--smoke", "--plain", "--out", run);
    assertThat(trained.exit()).as(trained.err()).isZero();

    String output =
        Python.run(
            "load_with_python.py",
            run.resolve("model"),
            "--signature",
            "embed",
            "--tolerance",
            "1e-5");

    assertThat(output).containsPattern("embed +embeddings").containsPattern("embed +normalized");
  }
}
