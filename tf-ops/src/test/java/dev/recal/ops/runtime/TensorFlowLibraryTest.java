package dev.recal.ops.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

class TensorFlowLibraryTest {

  private static final LinkageError FAILURE =
      new NoClassDefFoundError("Could not initialize class org.tensorflow.TensorFlow");

  @Test
  void loadsTheLibraryOfThisPlatform() {
    assertThatCode(TensorFlowLibrary::require).doesNotThrowAnyException();
  }

  @Test
  void aMissingLibraryIsNamedAsADependency() {
    String here = Loader.Detector.getPlatform();
    String other =
        TensorFlowLibrary.PLATFORMS.stream()
            .filter(platform -> !platform.equals(here))
            .findFirst()
            .orElseThrow();
    assertThat(TensorFlowLibrary.problem(other, FAILURE))
        .matches(
            "TensorFlow: expected its native library on the class path, but got none; add the"
                + " dependency org\\.tensorflow:tensorflow-core-native:1\\.[0-9.]+ with the classifier "
                + other
                + "\\.");
  }

  @Test
  void aLibraryThatCannotBeLoadedHasItsReason() {
    String here = Loader.Detector.getPlatform();
    LinkageError failure = new ExceptionInInitializerError(new UnsatisfiedLinkError("libm.so.6"));
    assertThat(TensorFlowLibrary.problem(here, failure))
        .isEqualTo("TensorFlow: its native library for " + here + " cannot be loaded: libm.so.6.");
  }

  @Test
  void anUnsupportedPlatformIsNamed() {
    assertThat(TensorFlowLibrary.problem("linux-ppc64le", FAILURE))
        .isEqualTo(
            "TensorFlow: expected one of the platforms linux-x86_64, linux-arm64, macosx-arm64,"
                + " windows-x86_64, but got linux-ppc64le.");
  }
}
