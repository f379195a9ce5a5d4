package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.coco.Remarks;
import dev.recal.graphs.data.shards.DetectionConversion;
import dev.recal.graphs.data.shards.LabelMap;
import dev.recal.graphs.data.shards.ObjectExample;
import dev.recal.graphs.data.targets.ImageObject;
import dev.recal.graphs.data.targets.ImageObjects;
import dev.recal.graphs.data.targets.ObjectTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TFRecord files of images with objects, in the form of the TensorFlow Object Detection API and
 * Model Garden, as {@link DetectionConversion} writes them and other programs do. The data set has
 * {@link ObjectTargets}.
 *
 * <p>Classes are those of the label map, in the order of their numbers. Without one they are those
 * that objects have, named by their texts if each number has a distinct one, and by their numbers
 * otherwise; where objects have no numbers, texts are the labels, sorted.
 *
 * <p>Objects that cannot be trained on are left out, counted and named among {@link
 * DataSet#skipped}: boxes outside of their image, or narrower or lower than 1 pixel (others are
 * clipped to the image), areas of 0 or less, labels below 1 and those that the label map does not
 * have, and with masks those without one, or with one that is damaged or of another size. So are
 * records that are damaged, whose lists differ in length, whose image has another size than they
 * say, or is not stored upright.
 *
 * <p>Opening reads all files once; afterwards single images are read by their offset, as with
 * {@link TfRecords}.
 *
 * @param files in the order in which they are read; the last part of a path may be a pattern, such
 *     as {@code train-*}
 * @param labelMap a file with an {@code item} for each class; by default {@link LabelMap#FILE} next
 *     to the first file, if it exists
 * @param masks whether objects have masks; those without one are then left out
 * @param emptyImages whether images are kept that have no object to train on; crowds do not count
 * @param minSide images with a height or width below this many pixels are left out
 */
public record DetectionRecords(
    List<Path> files, Optional<Path> labelMap, boolean masks, boolean emptyImages, int minSide)
    implements DataSource {
  private static final Logger LOG = LoggerFactory.getLogger(DetectionRecords.class);

  public DetectionRecords {
    files = List.copyOf(files);
    Objects.requireNonNull(labelMap, "labelMap");
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files: expected at least one file, but got none.");
    }
    if (minSide < 1) {
      throw new IllegalArgumentException(
          "minSide: expected at least 1 pixel, but got " + minSide + ".");
    }
  }

  /** For training: masks, no images without objects, no side below 32 pixels. */
  public DetectionRecords(List<Path> files) {
    this(files, false);
  }

  /**
   * For training or for evaluation, with masks.
   *
   * @param emptyImages true for evaluation: all images are kept, also those with a side below 32
   *     pixels
   */
  public DetectionRecords(List<Path> files, boolean emptyImages) {
    this(files, Optional.empty(), emptyImages);
  }

  /** For training, with masks and a label map. */
  public DetectionRecords(List<Path> files, Optional<Path> labelMap) {
    this(files, labelMap, false);
  }

  /** For training or for evaluation, with masks and a label map. */
  public DetectionRecords(List<Path> files, Optional<Path> labelMap, boolean emptyImages) {
    this(files, labelMap, true, emptyImages, emptyImages ? 1 : CocoFolder.MIN_TRAINING_SIDE);
  }

  /** For training, from the directory of a {@link DetectionConversion}. */
  public static DetectionRecords in(Path directory) {
    return new DetectionRecords(List.of(directory.resolve(DetectionConversion.PATTERN)));
  }

  @Override
  public DataSource at(Path base) {
    return new DetectionRecords(
        files.stream().map(file -> base.resolve(file).toAbsolutePath().normalize()).toList(),
        labelMap.map(file -> base.resolve(file).toAbsolutePath().normalize()),
        masks,
        emptyImages,
        minSide);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    String name = files.size() == 1 ? files.get(0).toString() : files.get(0) + " …";
    DataSetAssembly assembly = new DataSetAssembly(name, settings);
    Optional<LabelMap> map = classes();
    RecordScan<RecordedObjects.Image> scan =
        new RecordScan<>(
            files,
            ObjectExample.IMAGE,
            (features, header) ->
                RecordedObjects.read(ObjectExample.read(features, header), header, masks),
            assembly,
            settings.memoryLimitBytes());
    List<RecordScan.ScannedRecord<RecordedObjects.Image>> found = scan.run();
    Remarks remarks = new Remarks();
    RecordedObjects read =
        RecordedObjects.of(
            found.stream().map(RecordScan.ScannedRecord::name).toList(),
            found.stream().map(RecordScan.ScannedRecord::contents).toList(),
            map,
            remarks);
    List<String> sentences = remarks.sentences();
    sentences.forEach(s -> assembly.skip(name, "has " + s.substring(0, s.length() - 1)));
    List<Candidate> candidates = new ArrayList<>();
    List<ImageObjects> objects = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      if (isUsed(read.objects().get(i))) {
        candidates.add(found.get(i).candidate(0, i));
        objects.add(read.objects().get(i));
      }
    }
    if (candidates.isEmpty() && !found.isEmpty()) {
      throw new IllegalArgumentException(
          "files: expected images with objects"
              + (masks ? " and masks" : "")
              + ", but got none in "
              + name
              + (sentences.isEmpty() ? "." : " (" + String.join(" ", sentences) + ")."));
    }
    if (candidates.size() < found.size()) {
      LOG.info(
          "{}: {} images left out, without objects or with a side below {} pixels",
          name,
          found.size() - candidates.size(),
          minSide);
    }
    return assembly.encoded(ObjectTargets.of(read.classNames(), objects), candidates, scan::store);
  }

  private boolean isUsed(ImageObjects image) {
    return Math.min(image.height(), image.width()) >= minSide
        && (emptyImages || !image.objects().stream().allMatch(ImageObject::crowd));
  }

  private Optional<LabelMap> classes() throws IOException {
    if (labelMap.isPresent()) {
      return Optional.of(LabelMap.read(labelMap.get()));
    }
    Path usual = files.get(0).toAbsolutePath().resolveSibling(LabelMap.FILE);
    return Files.isRegularFile(usual) ? Optional.of(LabelMap.read(usual)) : Optional.empty();
  }
}
