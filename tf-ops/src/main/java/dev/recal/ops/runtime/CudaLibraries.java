package dev.recal.ops.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads CUDA 12 and cuDNN 9 before TensorFlow opens them: the redistributable if its jar is on the
 * class path (the profile {@code cuda}), otherwise libraries that are installed.
 *
 * <p>TensorFlow opens them by name when its first session is created. The system's loader then
 * takes those that are loaded already, so nothing has to be on {@code LD_LIBRARY_PATH}. This class
 * uses no class of TensorFlow. Recal's own sessions call it; a program that opens sessions of
 * TensorFlow Java without Recal calls {@link #load} first.
 */
public final class CudaLibraries {

  /** The folder of TensorFlow's GPU library in its jar. */
  private static final String NATIVES =
      "org/tensorflow/internal/c_api/linux-x86_64-gpu/libtensorflow_cc.so.2";

  private static final Logger LOG = LoggerFactory.getLogger(CudaLibraries.class);

  private static Result done;

  private CudaLibraries() {}

  /**
   * What loading achieved.
   *
   * @param installation the libraries that were loaded; empty if none were
   * @param problem why there will be no GPU, as a sentence; empty if there may be one
   */
  public record Result(Optional<CudaInstallation> installation, Optional<String> problem) {

    private static Result failed(String problem) {
      return new Result(Optional.empty(), Optional.of(problem));
    }
  }

  /** Returns whether TensorFlow's GPU library is on the class path. */
  public static boolean hasGpuNatives() {
    return CudaLibraries.class.getClassLoader().getResource(NATIVES) != null;
  }

  /**
   * Loads the libraries, once in a process. Does nothing without TensorFlow's GPU library, without
   * a driver, or if the device of the process is the CPU. The first call may extract them, which
   * takes a minute.
   */
  public static synchronized Result load() {
    if (done == null) {
      done = tryToLoad();
    }
    return done;
  }

  private static Result tryToLoad() {
    if (!hasGpuNatives()) {
      return Result.failed("TensorFlow's GPU library is not on the class path.");
    }
    if (Device.ofProcess().kind() == Device.Kind.CPU) {
      return Result.failed("The device is set to the CPU.");
    }
    NvidiaDriver driver = NvidiaDriver.present(CudaSearch.file(NvidiaDriver.LIBRARY));
    if (!driver.present()) {
      return Result.failed("There is no NVIDIA driver.");
    }
    try {
      CudaInstallation found = find();
      if (!found.complete()) {
        return Result.failed("These libraries are missing: " + names(found.missing()) + ".");
      }
      found.outdated().ifPresent(LOG::warn);
      load(found.files());
      return new Result(Optional.of(found), Optional.empty());
    } catch (IOException failure) {
      return Result.failed(failure.getMessage());
    } catch (UnsatisfiedLinkError failure) {
      return Result.failed("A CUDA library cannot be loaded: " + failure.getMessage() + ".");
    }
  }

  private static CudaInstallation find() throws IOException {
    Optional<CudaCache> cache = CudaCache.ofClassPath();
    if (cache.isEmpty()) {
      return CudaSearch.find();
    }
    return cache
        .get()
        .extract(
            () ->
                LOG.info(
                    "Extracting CUDA and cuDNN {} to {}, once.",
                    cache.get().version(),
                    cache.get().directory()));
  }

  private static void load(Map<CudaLibrary, Path> files) {
    for (Map.Entry<CudaLibrary, Path> entry : files.entrySet()) {
      try {
        System.load(entry.getValue().toAbsolutePath().toString());
      } catch (UnsatisfiedLinkError failure) {
        if (entry.getKey().required()) {
          throw failure;
        }
        LOG.debug("{} is not loaded: {}", entry.getKey().soname(), failure.getMessage());
      }
    }
  }

  private static String names(List<CudaLibrary> libraries) {
    return libraries.stream().map(CudaLibrary::soname).collect(Collectors.joining(", "));
  }

  /**
   * What there is, without loading or extracting anything.
   *
   * @param redistributable the version of the jar on the class path; empty if there is none
   * @param extracted the directory of its libraries; empty if they are not extracted yet
   * @param installation the extracted libraries, otherwise those that are installed
   */
  public record Findings(
      Optional<String> redistributable, Optional<Path> extracted, CudaInstallation installation) {

    /** Returns whether all required libraries are there, or in the jar. */
    public boolean complete() {
      return redistributable.isPresent() || installation.complete();
    }
  }

  /** Looks for the libraries. */
  public static Findings inspect() {
    Optional<CudaCache> cache = CudaCache.ofClassPath();
    Optional<CudaInstallation> extracted = Optional.empty();
    try {
      extracted = cache.isPresent() ? cache.get().extracted() : Optional.empty();
    } catch (IOException unreadable) {
      LOG.debug("The jar of the CUDA libraries cannot be read.", unreadable);
    }
    return new Findings(
        cache.map(CudaCache::version),
        extracted.isPresent() ? cache.map(CudaCache::directory) : Optional.empty(),
        extracted.orElseGet(CudaSearch::find));
  }
}
