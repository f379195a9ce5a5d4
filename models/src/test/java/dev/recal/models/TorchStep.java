package dev.recal.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A training step from known weights, which a script of {@code interop/} takes, too. */
public interface TorchStep {

  /** Returns the title of its test. */
  String title();

  /**
   * Writes what the script starts from, and takes the step.
   *
   * @param testCase the file to write
   * @return values after the step, by the names that the script gives them
   */
  Map<String, double[]> run(Path testCase) throws IOException;
}
