package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.coco.CocoAnnotations;
import dev.recal.graphs.data.coco.CocoTargets;
import dev.recal.graphs.data.items.ByteStore;
import dev.recal.graphs.data.scan.FolderScan;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of images and a file of COCO's annotations. The data set has {@link ObjectTargets}, one
 * class for each category in the order of their ids, and its images in the order of theirs; {@link
 * DataSet#itemName} is the {@code file_name}.
 *
 * <p>Annotations that cannot be trained on (see {@link CocoTargets}) and images that are missing,
 * damaged or of another size than the annotations say are counted and named among {@link
 * DataSet#skipped}.
 *
 * @param images the folder that each {@code file_name} starts from
 * @param annotations a JSON file with {@code images}, {@code categories} and {@code annotations}
 * @param masks whether objects have masks; those without a segmentation are then left out
 * @param emptyImages whether images are kept that have no object to train on; crowds do not count
 * @param minSide images with a height or width below this many pixels are left out
 */
public record CocoFolder(
    Path images, Path annotations, boolean masks, boolean emptyImages, int minSide)
    implements DataSource {
  private static final Logger LOG = LoggerFactory.getLogger(CocoFolder.class);

  static final int MIN_TRAINING_SIDE = 32;

  public CocoFolder {
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(annotations, "annotations");
    if (minSide < 1) {
      throw new IllegalArgumentException(
          "minSide: expected at least 1 pixel, but got " + minSide + ".");
    }
  }

  /** For training: masks, no images without objects, no side below 32 pixels. */
  public CocoFolder(Path images, Path annotations) {
    this(images, annotations, false);
  }

  /**
   * For training or for evaluation, with masks.
   *
   * @param emptyImages true for evaluation: all images are kept, also those with a side below 32
   *     pixels
   */
  public CocoFolder(Path images, Path annotations, boolean emptyImages) {
    this(images, annotations, true, emptyImages, emptyImages ? 1 : MIN_TRAINING_SIDE);
  }

  @Override
  public DataSource at(Path base) {
    return new CocoFolder(
        base.resolve(images).toAbsolutePath().normalize(),
        base.resolve(annotations).toAbsolutePath().normalize(),
        masks,
        emptyImages,
        minSide);
  }

  /**
   * Reads the annotations for an evaluation: with their ids, areas and all flags, and none left
   * out. An image of the set is the one whose {@link CocoAnnotations.Image#file} is its name.
   *
   * @throws IOException if the file cannot be read or has a damaged annotation
   */
  public CocoAnnotations evaluationAnnotations() throws IOException {
    return CocoAnnotations.read(annotations, masks);
  }

  /**
   * Returns the ids of the images by their {@code file_name}.
   *
   * @throws IOException if the file cannot be read, or its list of images is damaged
   */
  public Map<String, Long> imageIds() throws IOException {
    Map<String, Long> ids = new LinkedHashMap<>();
    // Of images with one file name the first is used.
    CocoAnnotations.images(annotations).stream()
        .sorted(Comparator.comparingLong(CocoAnnotations.Image::id))
        .forEach(image -> ids.putIfAbsent(image.file(), image.id()));
    return ids;
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    if (!Files.isDirectory(images)) {
      throw new IllegalArgumentException(
          "images: expected a folder of images, but "
              + (images + (Files.exists(images) ? " is a file." : " does not exist.")));
    }
    CocoTargets found = CocoTargets.read(annotations, masks);
    DataSetAssembly assembly = new DataSetAssembly(annotations.toString(), settings);
    String file = annotations.getFileName().toString();
    found.remarks().forEach(r -> assembly.skip(file, "has " + r.substring(0, r.length() - 1)));
    Map<String, Integer> wanted = wanted(found, assembly);
    FolderScan scan = FolderScan.ofListed(images, wanted.keySet());
    assembly.skipAll(scan.skipped());
    List<Candidate> candidates =
        scan.images().stream()
            .sorted(Comparator.comparing(candidate -> wanted.get(candidate.name())))
            .toList();
    ObjectTargets targets =
        ObjectTargets.of(
            found.classNames(),
            candidates.stream()
                .map(candidate -> found.objects().get(wanted.get(candidate.name())))
                .toList());
    return assembly.encoded(
        targets,
        candidates,
        chosen ->
            ByteStore.Files.of(
                chosen.stream().map(c -> images.resolve(c.name()).toString()).toList()));
  }

  /** From the file of each image that is used to its index. */
  private Map<String, Integer> wanted(CocoTargets found, DataSetAssembly assembly) {
    Map<String, Integer> wanted = new LinkedHashMap<>();
    int empty = 0;
    int small = 0;
    for (int i = 0; i < found.images().size(); i++) {
      CocoAnnotations.Image image = found.images().get(i);
      List<ImageObject> objects = found.objects().get(i).objects();
      if (!emptyImages && objects.stream().allMatch(ImageObject::crowd)) {
        empty++;
      } else if (Math.min(image.height(), image.width()) < minSide) {
        small++;
      } else if (image.file().isEmpty()) {
        assembly.skip("image " + image.id(), "has no file name");
      } else if (wanted.putIfAbsent(image.file(), i) != null) {
        assembly.skip(image.file(), "is listed twice; the second is image " + image.id());
      }
    }
    String leftOut =
        empty + " without objects and " + small + " with a side below " + minSide + " pixels";
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException(
          ("annotations: expected images with objects, but got none in " + annotations)
              + (" (" + leftOut + ")."));
    }
    if (empty + small > 0) {
      LOG.info("{}: images left out: {}", annotations, leftOut);
    }
    return wanted;
  }
}
