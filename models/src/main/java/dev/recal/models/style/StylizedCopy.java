package dev.recal.models.style;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.SplitMix64;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.predict.ImageFiles;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * A copy of a folder of images in which each image has the style of a random one of other images.
 *
 * <p>The style of an image depends on the seed and its path within the folder, so a copy that was
 * interrupted is continued, and further images change none. Results are PNG files in the same
 * folders; {@value #SETTINGS} records how they were made.
 *
 * @param styles folder of the style images
 * @param seed of the choice of styles
 * @param strength 0 for the image's own features, 1 for the style's moments
 * @param maxSide images with a longer side are reduced to this many pixels before; empty for none
 * @param styleSide the same for style images
 */
public record StylizedCopy(
    Path styles, long seed, double strength, Optional<Integer> maxSide, int styleSide) {

  /** The file that records the settings. */
  public static final String SETTINGS = "stylized.json";

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /** Rejects numbers out of range. */
  public StylizedCopy {
    Arguments.require(strength >= 0 && strength <= 1, "strength", "from 0 to 1", strength);
    Arguments.atLeast(1, "styleSide", styleSide);
  }

  /**
   * What was done.
   *
   * @param written images
   * @param kept images that were there already
   * @param skipped sentences about files that could not be used
   */
  public record Result(int written, int kept, List<String> skipped) {}

  /**
   * Makes or continues the copy.
   *
   * @param name of the model, for the record
   * @param folder of the images
   * @param target directory of the copy
   * @param progress gets the number of images done after each one
   * @throws IOException if the folders cannot be read, the copy cannot be written, or it was begun
   *     with other settings
   */
  public Result write(
      ArbitraryStyleModel model, String name, Path folder, Path target, Consumer<Integer> progress)
      throws IOException {
    List<ImageFiles.ImageFile> images = ImageFiles.find(List.of(folder));
    List<Path> looks =
        ImageFiles.find(List.of(styles)).stream().map(ImageFiles.ImageFile::file).toList();
    requireSettings(name, looks.size(), target);
    List<String> skipped = new ArrayList<>();
    int written = 0;
    int kept = 0;
    for (ImageFiles.ImageFile image : images) {
      Path inside = folder.relativize(image.file());
      Path copy = target.resolve(inside.toString().replaceFirst("\\.[^.]*$", "") + ".png");
      if (Files.exists(copy)) {
        kept++;
      } else {
        try {
          StylizedImage style = model.read(look(looks, inside), Optional.of(styleSide));
          StylizedImage content = model.read(image.file(), maxSide);
          PngFiles.write(copy, model.stylize(content, style, strength)::picture);
          written++;
        } catch (IOException | IllegalArgumentException unusable) {
          skipped.add(inside + ": " + unusable.getMessage());
        }
      }
      progress.accept(written + kept + skipped.size());
    }
    return new Result(written, kept, skipped);
  }

  private Path look(List<Path> looks, Path inside) {
    CRC32 sum = new CRC32();
    sum.update(inside.toString().replace('\\', '/').getBytes(StandardCharsets.UTF_8));
    long random = SplitMix64.mix(seed, sum.getValue());
    return looks.get((int) Long.remainderUnsigned(random, looks.size()));
  }

  private void requireSettings(String model, int count, Path target) throws IOException {
    JsonObject settings = new JsonObject();
    settings.addProperty("model", model);
    settings.addProperty("styles", styles.toAbsolutePath().normalize().toString());
    settings.addProperty("styleImages", count);
    settings.addProperty("seed", seed);
    settings.addProperty("strength", strength);
    maxSide.ifPresent(side -> settings.addProperty("maxSide", side));
    settings.addProperty("styleSide", styleSide);
    String text = GSON.toJson(settings);
    Path file = target.resolve(SETTINGS);
    if (Files.exists(file)) {
      String found = TextFiles.read(file);
      if (!found.equals(text)) {
        throw new IOException(
            "The copy in " + target + " was begun with other settings: " + found + ".");
      }
      return;
    }
    Files.createDirectories(target);
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
