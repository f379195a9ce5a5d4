package dev.recal.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.runtime.CudaInstallation;
import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.CudaLibrary;
import dev.recal.ops.runtime.NvidiaDriver;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuReportTest {

  private static final NvidiaDriver NONE = new NvidiaDriver(Optional.empty(), false, List.of());
  private static final NvidiaDriver NEW =
      new NvidiaDriver(Optional.of("550.54.14"), true, List.of());

  @Test
  void saysEverythingThatABareMachineLacks() {
    List<String> steps = report(false, NONE, installed(0)).missing();
    assertThat(steps).hasSize(3);
    assertThat(steps.get(0)).contains("install an NVIDIA driver, version 525 or newer");
    assertThat(steps.get(1)).contains("RECAL_GPU=1");
    assertThat(steps.get(2)).contains("CUDA 12 and cuDNN 9 are missing: RECAL_GPU=cuda");
  }

  @Test
  void namesAnOldDriverAndAnIncompleteInstallation() {
    NvidiaDriver old = new NvidiaDriver(Optional.of("470.82.01"), true, List.of());
    assertThat(report(true, old, installed(5)).missing())
        .containsExactly(
            "The NVIDIA driver 470.82.01 is too old for CUDA 12; install version 525 or newer.",
            "For a GPU, CUDA 12 and cuDNN 9 are incomplete: RECAL_GPU=cuda ./recal … downloads them,"
                + " 2 GB once; or install them. See docs/gpu.md.");
  }

  @Test
  void pointsToTensorFlowIfNothingIsMissing() {
    assertThat(report(true, NEW, installed(CudaLibrary.values().length)).missing())
        .containsExactly(
            "TensorFlow finds no GPU although everything that it needs is there."
                + " TF_CPP_MIN_LOG_LEVEL=0 shows its reasons.");
  }

  @Test
  void saysWhyLibrariesThatAreThereWereNotLoaded() {
    CudaLibraries.Findings jar =
        new CudaLibraries.Findings(Optional.of("12.6"), Optional.empty(), installed(0));
    assertThat(new GpuReport(true, NEW, jar, Optional.of("The disk is full.")).missing())
        .containsExactly("TensorFlow cannot use a GPU. The disk is full.");
  }

  @Test
  void jarCountsAsInstalledBeforeItIsExtracted() {
    CudaLibraries.Findings jar =
        new CudaLibraries.Findings(Optional.of("12.6"), Optional.empty(), installed(0));
    assertThat(new GpuReport(true, NEW, jar, Optional.empty()).missing())
        .noneMatch(step -> step.contains("missing"));
  }

  @Test
  void listsEveryLibrary() {
    List<GpuReport.Library> libraries = report(true, NEW, installed(1)).libraries();
    assertThat(libraries).hasSize(CudaLibrary.values().length);
    assertThat(libraries.get(0))
        .isEqualTo(
            new GpuReport.Library(
                "libcudart.so.12", true, Optional.empty(), Optional.of("/none/libcudart.so.12")));
    assertThat(libraries.get(1).file()).isEmpty();
  }

  private static GpuReport report(
      boolean natives, NvidiaDriver driver, CudaInstallation installation) {
    CudaLibraries.Findings findings =
        new CudaLibraries.Findings(Optional.empty(), Optional.empty(), installation);
    return new GpuReport(natives, driver, findings, Optional.empty());
  }

  private static CudaInstallation installed(int count) {
    Map<CudaLibrary, Path> files = new EnumMap<>(CudaLibrary.class);
    for (CudaLibrary library : List.of(CudaLibrary.values()).subList(0, count)) {
      files.put(library, Path.of("/none", library.soname()));
    }
    return new CudaInstallation(CudaInstallation.Origin.SYSTEM, files);
  }
}
