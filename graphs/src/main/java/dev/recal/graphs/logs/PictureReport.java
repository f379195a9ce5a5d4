package dev.recal.graphs.logs;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A picture that a run has written.
 *
 * @param step steps done when it was made
 * @param name what it shows, such as {@code samples}; letters, digits, {@code _}, {@code -} and
 *     {@code .}
 * @param png the file
 * @param height in pixels
 * @param width in pixels
 */
public record PictureReport(long step, String name, Path png, int height, int width) {

  public PictureReport {
    Checks.atLeast("step", step, 0);
    Checks.scalarName("name", name);
    Objects.requireNonNull(png, "png");
    Checks.atLeast("height", height, 1);
    Checks.atLeast("width", width, 1);
  }
}
