package dev.recal.graphs.data.source;

import dev.recal.graphs.data.Candidate;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSetAssembly;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * TFRecord files of {@code tf.train.Example}. Opening reads them once and stores the offset of each
 * record; afterwards TensorFlow reads single records by offset, so that the set can be shuffled and
 * resumed like any other. The images of files that are compressed (GZIP, ZLIB) are kept in memory.
 *
 * <p>Labels are integers of any range, sorted. Classes are named by the text feature, if each label
 * has a distinct text, and by the integers otherwise. Where records have no integers, texts are the
 * labels, sorted. Records with the label −1, which many sets use for no label, are skipped, unless
 * it has a distinct text or the only other label is 1.
 *
 * <p>A damaged record costs that record only.
 *
 * @param files in the order in which they are read; the last part of a path may be a pattern, such
 *     as {@code train-*}, for all files that match it, by their names
 * @param imageKey feature with the encoded image
 * @param labelKey feature with the label, an integer or a text
 * @param textKey feature with the class name; optional in the records
 */
public record TfRecords(List<Path> files, String imageKey, String labelKey, String textKey)
    implements DataSource {

  public TfRecords {
    files = List.copyOf(files);
    Objects.requireNonNull(imageKey, "imageKey");
    Objects.requireNonNull(labelKey, "labelKey");
    Objects.requireNonNull(textKey, "textKey");
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files: expected at least one file, but got none.");
    }
  }

  /** Files with the usual features image/encoded, image/class/label and image/class/text. */
  public TfRecords(List<Path> files) {
    this(files, "image/encoded", "image/class/label", "image/class/text");
  }

  @Override
  public DataSource at(Path base) {
    return new TfRecords(
        files.stream().map(file -> base.resolve(file).toAbsolutePath().normalize()).toList(),
        imageKey,
        labelKey,
        textKey);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    String name = files.size() == 1 ? files.get(0).toString() : files.get(0) + " …";
    DataSetAssembly assembly = new DataSetAssembly(name, settings);
    RecordScan<RecordLabels.Label> scan =
        new RecordScan<>(
            files,
            imageKey,
            (features, header) -> RecordLabels.Label.of(features, labelKey, textKey),
            assembly,
            settings.memoryLimitBytes());
    List<RecordScan.ScannedRecord<RecordLabels.Label>> found = scan.run();
    RecordLabels classes =
        RecordLabels.of(found.stream().map(RecordScan.ScannedRecord::contents).toList());
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      RecordScan.ScannedRecord<RecordLabels.Label> record = found.get(i);
      int label = classes.labels()[i];
      if (label < 0) {
        assembly.skip(
            record.name(), "has the label " + RecordLabels.SENTINEL + ", which means none");
      } else {
        candidates.add(record.candidate(label, i));
      }
    }
    return assembly.encoded(classes.classNames(), candidates, scan::store);
  }
}
