package dev.recal.ops.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.TensorFlow;

/**
 * TensorFlow's native library, which a program brings for its platform.
 *
 * <p>Without this check a missing library is an {@link UnsatisfiedLinkError} or, from the second
 * use on, a {@link NoClassDefFoundError}, which both say nothing about dependencies.
 */
public final class TensorFlowLibrary {

  /** The platforms that TensorFlow Java has native libraries for. */
  static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "macosx-arm64", "windows-x86_64");

  private static final String FOLDER = "org/tensorflow/internal/c_api/";
  private static final String VERSION =
      "META-INF/maven/org.tensorflow/tensorflow-core-api/pom.properties";

  private static volatile boolean loaded;

  private TensorFlowLibrary() {}

  /**
   * Loads the library, unless it is loaded.
   *
   * @throws NativeLibraryException if it is missing or cannot be loaded; the message names the
   *     dependency
   */
  public static void require() {
    if (!loaded) {
      try {
        TensorFlow.version();
      } catch (LinkageError failure) {
        throw new NativeLibraryException(problem(Loader.Detector.getPlatform(), failure), failure);
      }
      loaded = true;
    }
  }

  /** Returns the sentence for a library that is missing or broken on a platform. */
  static String problem(String platform, LinkageError failure) {
    if (!PLATFORMS.contains(platform)) {
      return "TensorFlow: expected one of the platforms "
          + String.join(", ", PLATFORMS)
          + ", but got "
          + platform
          + ".";
    }
    if (isOnClassPath(platform)) {
      return "TensorFlow: its native library for "
          + platform
          + " cannot be loaded: "
          + reason(failure)
          + ".";
    }
    return "TensorFlow: expected its native library on the class path, but got none; add the"
        + " dependency org.tensorflow:tensorflow-core-native:"
        + version().orElse("VERSION")
        + " with the classifier "
        + platform
        + ".";
  }

  private static boolean isOnClassPath(String platform) {
    ClassLoader classes = TensorFlowLibrary.class.getClassLoader();
    String library = System.mapLibraryName("jnitensorflow");
    return Stream.of(platform, platform + "-gpu")
        .anyMatch(folder -> classes.getResource(FOLDER + folder + "/" + library) != null);
  }

  // The first failure of a class has the reason, a later one only names the class.
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message.strip();
  }

  private static Optional<String> version() {
    try (InputStream stream =
        TensorFlowLibrary.class.getClassLoader().getResourceAsStream(VERSION)) {
      if (stream == null) {
        return Optional.empty();
      }
      Properties properties = new Properties();
      properties.load(stream);
      return Optional.ofNullable(properties.getProperty("version"));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
