package dev.recal.tools.predict;

import dev.recal.graphs.files.AtomicFiles;
import dev.recal.models.detection.CocoNames;
import dev.recal.models.detection.CocoResults;
import dev.recal.models.detection.DetectedImage;
import dev.recal.models.detection.DetectionModel;
import dev.recal.models.detection.DetectionPictures;
import dev.recal.models.predict.FileBatches;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.Predictions.Skipped;
import dev.recal.ops.Counted;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds objects in image files: prints and draws them, and writes COCO's results.
 *
 * @param minimumScore of the objects that are printed and drawn
 * @param pictures a directory for them
 * @param results a file for all objects
 * @param annotations a file with the ids for the results
 * @param strict whether to stop at the first unusable file
 * @param json whether to print JSON
 */
public record ObjectSearch(
    double minimumScore,
    Optional<Path> pictures,
    Optional<Path> results,
    Optional<Path> annotations,
    boolean strict,
    boolean json) {

  /**
   * Searches files.
   *
   * @param out gets the objects
   * @param err gets skipped files and what was written
   * @return the skipped files
   * @throws IOException if a file is missing, or an output cannot be written
   */
  public List<Skipped> run(
      DetectionModel model, List<ImageFiles.ImageFile> files, PrintWriter out, PrintWriter err)
      throws IOException {
    ObjectReport report = new ObjectReport(model, minimumScore, json);
    Optional<DetectionPictures> drawn =
        pictures.map(directory -> new DetectionPictures(directory, model.drawing()));
    FileBatches.Answers<DetectedImage> each =
        (file, image) -> {
          DetectedImage shown = image.above(minimumScore);
          report.add(file.file(), shown);
          if (drawn.isPresent()) {
            drawn.get().write(file.file(), shown);
          }
        };
    List<String> notes = new ArrayList<>();
    List<Skipped> skipped =
        results.isPresent()
            ? withResults(model, files, each, notes)
            : model.detect(files, strict, each);
    report.print(out, err, skipped);
    if (pictures.isPresent() && report.answered() > 0) {
      notes.add(0, Counted.of(report.answered(), "picture") + " in " + pictures.get());
    }
    notes.forEach(err::println);
    err.flush();
    return skipped;
  }

  private List<Skipped> withResults(
      DetectionModel model,
      List<ImageFiles.ImageFile> files,
      FileBatches.Answers<DetectedImage> each,
      List<String> notes)
      throws IOException {
    CocoNames names =
        annotations.isPresent()
            ? CocoNames.annotated(annotations.get(), model.labels())
            : CocoNames.numbered(files.stream().map(ImageFiles.ImageFile::file).toList());
    List<Skipped> skipped = new ArrayList<>();
    AtomicFiles.write(
        results.get(),
        bytes -> {
          try (CocoResults coco = new CocoResults(bytes, names, model.conventions())) {
            skipped.addAll(
                model.detect(
                    files,
                    strict,
                    (file, image) -> {
                      each.accept(file, image);
                      coco.write(file.file(), image);
                    }));
            notes.add(
                Counted.of(coco.detections(), "object")
                    + " of "
                    + Counted.of(coco.images(), "image")
                    + " in "
                    + results.get());
            coco.leftOut().forEach(what -> notes.add("left out: " + what));
          }
        });
    return skipped;
  }
}
