package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.TinyPyramid;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a generator of one image in Python, and their files. */
class PyramidSamplingTest {

  @TempDir private Path directory;

  @Test
  void pythonGeneratesTheSameImages() throws Exception {
    Python.assume("tensorflow", "PIL");
    Path model = TinyPyramid.write(directory.resolve("model"), version -> {});

    String output = Python.run("pyramid_with_python.py", model);

    assertThat(output)
        .contains("ok  Python and Java, reconstruct images", "ok  Python and Java, generate images")
        .contains("ok  16x20, PNG files", "ok  32x20, PNG files", "ok  16x40, PNG files")
        .doesNotContain("BAD");
  }
}
