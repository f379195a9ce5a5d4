package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.tools.compatibility.SampleDetectors;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that an exported detector finds in Python: in images, in padded ones and in files. */
class DetectorPythonTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"Mask R-CNN", "RetinaNet"})
  void pythonFindsTheSameObjects(String title) throws Exception {
    Python.assume("tensorflow");
    Path model = SampleDetectors.write(title, directory.resolve("model"));

    String output = Python.run("detect_with_python.py", model);

    assertThat(output)
        .contains("ok  Python and Java, detect:", "ok  Python and Java, detect_padded:")
        .contains("ok  Python and Java, detect_lite:", "ok  detect_padded and detect_bytes:")
        .contains("ok  detect and detect_padded, padding 2:")
        .contains("ok  detect_bytes in another order:")
        .doesNotContain("BAD");
  }
}
