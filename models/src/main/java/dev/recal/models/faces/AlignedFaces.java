package dev.recal.models.faces;

import com.google.gson.JsonObject;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A copy of a folder of photographs with aligned faces, as PNG files at the same paths. A copy that
 * was interrupted is continued.
 *
 * @param written images
 * @param kept images that were there already
 * @param skipped sentences about files that could not be used
 */
public record AlignedFaces(int written, int kept, List<String> skipped) {

  /** The file that records the settings. */
  public static final String SETTINGS = "aligned.json";

  /** Copies the list. */
  public AlignedFaces {
    skipped = List.copyOf(skipped);
  }

  /**
   * Makes or continues the copy.
   *
   * @param images the folder that the paths of the landmarks are relative to
   * @param faces their images and points
   * @param pixels the maximum of an image
   * @param target directory of the copy
   * @param progress gets the number of images done after each one
   * @throws IOException if the copy cannot be written, or was begun with other settings
   */
  public static AlignedFaces write(
      Path images,
      List<FaceLandmarks> faces,
      FaceAlignment alignment,
      long pixels,
      Path target,
      IntConsumer progress)
      throws IOException {
    JsonObject settings = new JsonObject();
    settings.addProperty("images", images.toAbsolutePath().normalize().toString());
    settings.addProperty("size", alignment.size());
    BegunDirectory.require(target, SETTINGS, settings);
    ImageNames names = new ImageNames(images);
    Set<Path> taken = new HashSet<>();
    List<String> skipped = new ArrayList<>();
    int written = 0;
    int kept = 0;
    for (FaceLandmarks face : faces) {
      try {
        Path copy = target.resolve(inside(face.path()).replaceFirst("\\.[^./]*$", "") + ".png");
        if (!taken.add(copy)) {
          throw new IOException("another image has this name with another extension.");
        }
        if (Files.exists(copy)) {
          kept++;
        } else {
          DecodedImage photograph =
              ImageEmbeddings.decode(FileBytes.read(names.find(face.path())), pixels);
          DecodedImage aligned = alignment.align(photograph, face.points());
          PngFiles.write(copy, () -> FaceAlignment.picture(aligned));
          written++;
        }
      } catch (ImageHeader.UnusableImageException refused) {
        skipped.add(face.path() + ": It " + refused.getMessage() + ".");
      } catch (IOException | IllegalArgumentException unusable) {
        skipped.add(face.path() + ": " + unusable.getMessage());
      }
      progress.accept(written + kept + skipped.size());
    }
    return new AlignedFaces(written, kept, skipped);
  }

  // A path from a file must not lead out of the directory.
  private static String inside(String path) throws IOException {
    try {
      Path named = Path.of(path).normalize();
      if (named.isAbsolute() || named.startsWith("..")) {
        throw new IOException("its path leads out of the folder.");
      }
      return named.toString().replace('\\', '/');
    } catch (InvalidPathException invalid) {
      throw new IOException("it is not a path.", invalid);
    }
  }
}
