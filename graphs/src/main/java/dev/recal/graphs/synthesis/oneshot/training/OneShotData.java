package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The training image of a recipe.
 *
 * @param file JPEG, PNG, GIF, BMP, WebP or TIFF, without transparent pixels
 */
public record OneShotData(String file) {

  /** Rejects a blank path. */
  public OneShotData {
    Objects.requireNonNull(file, "file");
    Arguments.require(!file.isBlank(), "file", "the path of an image file", "a blank one");
  }

  /** Returns the same with an absolute path. */
  public OneShotData at(Path base) {
    return new OneShotData(base.resolve(file).toString());
  }

  /** Returns the file. */
  public Path path() {
    return Path.of(file);
  }
}
