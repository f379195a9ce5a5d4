package dev.recal.tools.doctor;

import java.io.File;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The builds of TensorFlow's native library on the class path. */
final class NativeLibrary {

  private static final Pattern JAR =
      Pattern.compile("tensorflow-core-native-[0-9.]+(?:-SNAPSHOT)?-([a-z].*)\\.jar");

  private NativeLibrary() {}

  /**
   * Returns the classifiers on the class path, for example {@code linux-x86_64-gpu}; exactly one is
   * correct.
   */
  static List<String> classifiers(String classPath) {
    return Stream.of(classPath.split(Pattern.quote(File.pathSeparator)))
        .map(entry -> JAR.matcher(new File(entry).getName()))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .toList();
  }
}
