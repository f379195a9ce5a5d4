package dev.recal.ops.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {

  private static final String JAR = "cuda-1.2-3.4-1.5-linux-x86_64-redist.jar";

  @TempDir private Path directory;

  private final AtomicInteger extractions = new AtomicInteger();
  private CudaCache cache;

  @BeforeEach
  void writeJar() throws IOException {
    Path jar = directory.resolve(JAR);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (CudaLibrary library : CudaLibrary.values()) {
        out.putNextEntry(new JarEntry("org/bytedeco/cuda/linux-x86_64/" + library.soname()));
        out.write(library.soname().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
    cache = new CudaCache(jar, directory.resolve("caches"));
  }

  @Test
  void extractsOnceIntoADirectoryOfTheVersion() throws IOException {
    assertThat(cache.extracted()).isEmpty();
    CudaInstallation first = cache.extract(extractions::incrementAndGet);
    CudaInstallation second = cache.extract(extractions::incrementAndGet);
    assertThat(extractions).hasValue(1);
    assertThat(second).isEqualTo(first);
    assertThat(first.complete()).isTrue();
    assertThat(first.files().keySet()).containsExactly(CudaLibrary.values());
    Path folder = directory.resolve("caches/cuda-1.2-3.4-1.5");
    assertThat(cache.version()).isEqualTo("1.2-3.4-1.5");
    assertThat(folder.resolve("libcudart.so.12")).hasContent("libcudart.so.12");
    try (Stream<Path> left = Files.list(folder.getParent())) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("cuda-1.2-3.4-1.5", "cuda-1.2-3.4-1.5.lock");
    }
  }

  @Test
  void extractsAgainWhatWasCut() throws IOException {
    Path file = cache.extract(() -> {}).files().get(CudaLibrary.NCCL);
    Files.writeString(file, "lib");
    cache.extract(extractions::incrementAndGet);
    assertThat(extractions).hasValue(1);
    assertThat(file).hasContent("libnccl.so.2");
  }

  @Test
  void failureNamesTheDirectoryAndTheVariable() throws IOException {
    Files.writeString(directory.resolve("caches"), "a file");
    assertThatThrownBy(() -> cache.extract(() -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be extracted to " + cache.directory())
        .hasMessageEndingWith("Set RECAL_CACHE to another directory if this one is unsuitable.");
  }

  @Test
  void findsLibrariesInTheFirstDirectoryWithTheirVersions() throws IOException {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.writeString(first.resolve("libcudart.so.12.6.77"), "");
    Files.createSymbolicLink(first.resolve("libcudart.so.12"), Path.of("libcudart.so.12.6.77"));
    Files.writeString(second.resolve("libcudart.so.12"), "");
    Files.writeString(second.resolve("libcudnn.so.9"), "");
    CudaInstallation found = CudaSearch.in(List.of(first, second));
    assertThat(found.files())
        .containsEntry(CudaLibrary.CUDART, first.resolve("libcudart.so.12"))
        .containsEntry(CudaLibrary.CUDNN, second.resolve("libcudnn.so.9"));
    assertThat(found.version(CudaLibrary.CUDART)).contains("12.6.77");
    assertThat(found.version(CudaLibrary.CUDNN)).isEmpty();
    assertThat(found.missing())
        .contains(CudaLibrary.CUBLAS)
        .doesNotContain(CudaLibrary.CUDART, CudaLibrary.NCCL);
  }

  @Test
  void namesACudnnThatIsOlderThanTensorFlows() throws IOException {
    Files.writeString(directory.resolve("libcudnn.so.9.1.0"), "");
    Path link = directory.resolve("libcudnn.so.9");
    Files.createSymbolicLink(link, Path.of("libcudnn.so.9.1.0"));
    assertThat(CudaSearch.in(List.of(directory)).outdated())
        .contains(
            "cuDNN 9.1.0 is too old: TensorFlow was built with 9.3, and its convolutions fail with"
                + " older ones.");
    Files.move(directory.resolve("libcudnn.so.9.1.0"), directory.resolve("libcudnn.so.9.10.2"));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("libcudnn.so.9.10.2"));
    assertThat(CudaSearch.in(List.of(directory)).outdated()).isEmpty();
  }

  @Test
  void searchesTheDirectoriesOfTheEnvironmentFirst() {
    Map<String, String> environment =
        Map.of("RECAL_CUDA_PATH", "/a:/b", "LD_LIBRARY_PATH", ":/c", "CUDA_HOME", "/d");
    assertThat(CudaSearch.directories(environment::get))
        .startsWith(Path.of("/a"), Path.of("/b"), Path.of("/c"), Path.of("/d/lib64"));
  }

  @Test
  void readsDriversAndGpus() {
    assertThat(
            NvidiaDriver.version(
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 2024"))
        .contains("550.54.14");
    assertThat(
            NvidiaDriver.version(
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build"))
        .contains("560.35.03");
    NvidiaDriver driver =
        NvidiaDriver.parse(
            "0, NVIDIA H200, 143771, 9.0, 550.54.14\n1, Tesla T4, 15360, 7.5, 550.54.14\n");
    assertThat(driver.version()).contains("550.54.14");
    assertThat(driver.gpus())
        .containsExactly(
            new NvidiaDriver.Gpu("NVIDIA H200", 143771L << 20, "9.0"),
            new NvidiaDriver.Gpu("Tesla T4", 15360L << 20, "7.5"));
    assertThat(driver.tooOld()).isFalse();
    assertThat(NvidiaDriver.parse("NVIDIA-SMI has failed.").present()).isFalse();
    assertThat(NvidiaDriver.parse("0, GTX 1080, 8192, 6.1, 470.82.01").tooOld()).isTrue();
  }
}
