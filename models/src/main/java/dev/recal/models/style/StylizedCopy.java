package dev.recal.models.style;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.shards.ChangedCopy;
import dev.recal.graphs.data.shards.RecordConversion;
import dev.recal.graphs.data.shards.RecordShards;
import dev.recal.graphs.data.source.DataSources;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.predict.ImageFiles;
import dev.recal.ops.Arguments;
import dev.recal.ops.files.FileBytes;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A copy of images in which each image has the style of a random one of other images.
 *
 * <p>The style of an image depends on the seed and its name, so a copy that was interrupted is
 * continued, and further images change none. A folder becomes a folder of PNG files; shards, an
 * archive or TFRecord files become shards with the same names, classes and order. {@value
 * #SETTINGS} records how they were made.
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
   * Makes or continues the copy.
   *
   * @param data a folder of images, searched recursively; or what {@link DataSources#of} takes:
   *     shards, a zip archive of class folders, or TFRecord files
   * @param target directory of the copy
   * @param progress gets the number of images done after each one
   * @return what was done; a shard's damaged records are among the skipped images
   * @throws IOException if the images cannot be read, the copy cannot be written, or it was begun
   *     with other settings
   */
  public ChangedCopy.Summary write(
      ArbitraryStyleModel model, Path data, Path target, RecordConversion.Progress progress)
      throws IOException {
    List<Path> looks =
        ImageFiles.find(List.of(styles)).stream().map(ImageFiles.ImageFile::file).toList();
    Stylist stylist = new Stylist(model, looks, this);
    String settings = settings(model.source(), looks.size());
    if (Files.isDirectory(data) && !RecordShards.isAt(data)) {
      List<ImageFiles.ImageFile> images = ImageFiles.find(List.of(data));
      requireSettings(settings, target);
      return folder(stylist, data, images, target, progress);
    }
    DataSource source = DataSources.of(data);
    int shards = source instanceof RecordShards written ? written.files() : 0;
    try (DataSet opened = source.open()) {
      ChangedCopy copy = new ChangedCopy(opened, target, shards, settings);
      requireSettings(settings, target);
      return copy.run(stylist::apply, progress);
    }
  }

  private static ChangedCopy.Summary folder(
      Stylist stylist,
      Path folder,
      List<ImageFiles.ImageFile> images,
      Path target,
      RecordConversion.Progress progress)
      throws IOException {
    List<SkippedItem> skipped = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int written = 0;
    int kept = 0;
    for (ImageFiles.ImageFile image : images) {
      String name = folder.relativize(image.file()).toString().replace('\\', '/');
      String plain = name.replaceFirst("\\.[^./]*$", "");
      Path copy = target.resolve((names.add(plain) ? plain : name) + ".png");
      if (Files.exists(copy)) {
        kept++;
      } else {
        Optional<byte[]> made = made(stylist, name, image.file(), skipped);
        if (made.isPresent()) {
          AtomicFiles.write(copy, made.get());
          written++;
        }
      }
      progress.shardFinished(written + kept + skipped.size(), images.size());
    }
    return new ChangedCopy.Summary(written, kept, skipped);
  }

  private static Optional<byte[]> made(
      Stylist stylist, String name, Path file, List<SkippedItem> skipped) throws IOException {
    byte[] content;
    try {
      content = FileBytes.read(file);
    } catch (IOException unreadable) {
      skipped.add(
          new SkippedItem(name, "cannot be read (" + FileFailures.reason(unreadable) + ")"));
      return Optional.empty();
    }
    try {
      return Optional.of(stylist.apply(name, content));
    } catch (ImageHeader.UnusableImageException unusable) {
      skipped.add(new SkippedItem(name, unusable.getMessage()));
      return Optional.empty();
    }
  }

  private String settings(Path model, int looks) {
    JsonObject settings = new JsonObject();
    settings.addProperty("model", model.toAbsolutePath().normalize().toString());
    settings.addProperty("styles", styles.toAbsolutePath().normalize().toString());
    settings.addProperty("styleImages", looks);
    settings.addProperty("seed", seed);
    settings.addProperty("strength", strength);
    maxSide.ifPresent(side -> settings.addProperty("maxSide", side));
    settings.addProperty("styleSide", styleSide);
    return GSON.toJson(settings);
  }

  private static void requireSettings(String settings, Path target) throws IOException {
    Path file = target.resolve(SETTINGS);
    if (Files.exists(file)) {
      String found = TextFiles.read(file);
      if (!found.equals(settings)) {
        throw new IOException(
            "The copy in " + target + " was begun with other settings: " + found + ".");
      }
      return;
    }
    Files.createDirectories(target);
    AtomicFiles.write(file, settings.getBytes(StandardCharsets.UTF_8));
  }
}
