package dev.recal.models.detection;

import dev.recal.graphs.data.coco.CocoResultsWriter;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.ops.Counted;
import dev.recal.ops.detection.Conventions;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Detections of image files in COCO's format of results, written one by one. */
public final class CocoResults implements Closeable {

  private final CocoNames names;
  private final Conventions conventions;
  private final CocoResultsWriter writer;

  private enum Reason {
    UNLISTED("image", " not listed in the annotations"),
    SIZE("image", " of another size than in the annotations"),
    CLASS("object", " of a class that the annotations do not have");

    private final String noun;
    private final String text;

    Reason(String noun, String text) {
      this.noun = noun;
      this.text = text;
    }
  }

  private final Map<Reason, Integer> leftOut = new EnumMap<>(Reason.class);
  private long images;
  private long detections;

  /**
   * Begins the results.
   *
   * @param out not closed
   * @param names the ids of images and categories
   * @param conventions of the model
   * @throws IOException if they cannot be written
   */
  public CocoResults(OutputStream out, CocoNames names, Conventions conventions)
      throws IOException {
    this.names = names;
    this.conventions = conventions;
    this.writer = new CocoResultsWriter(out);
  }

  /**
   * Adds the objects of a file, if the annotations list it.
   *
   * @param image with all its objects: COCO's evaluation needs those with low scores, too
   * @throws IOException if they cannot be written
   */
  public void write(Path file, DetectedImage image) throws IOException {
    Optional<CocoNames.Image> named = names.image(file);
    if (named.isEmpty()) {
      leftOut.merge(Reason.UNLISTED, 1, Integer::sum);
      return;
    }
    if (!named.get().hasSize(image)) {
      leftOut.merge(Reason.SIZE, 1, Integer::sum);
      return;
    }
    images++;
    for (FoundObject object : image.objects()) {
      OptionalInt category = names.category(object.label());
      if (category.isEmpty()) {
        leftOut.merge(Reason.CLASS, 1, Integer::sum);
        continue;
      }
      detections++;
      writer.write(
          object.detection(
              conventions, named.get().id(), category.getAsInt(), image.height(), image.width()));
    }
  }

  /** Returns the number of images, with or without objects. */
  public long images() {
    return images;
  }

  /** Returns the number of written detections. */
  public long detections() {
    return detections;
  }

  /** Returns what was left out, a phrase each. */
  public List<String> leftOut() {
    List<String> phrases = new ArrayList<>();
    leftOut.forEach((what, count) -> phrases.add(Counted.of(count, what.noun) + what.text));
    return phrases;
  }

  /** Ends the results. */
  @Override
  public void close() throws IOException {
    writer.close();
  }
}
