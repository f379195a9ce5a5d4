package dev.recal.graphs.logs;

import com.google.protobuf.ByteString;
import dev.recal.ops.records.TfRecordWriter;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * One TensorBoard event file: {@code events.out.tfevents.<seconds>.<host>}, a TFRecord file of
 * {@code Event} messages.
 *
 * <p>TensorBoard reads the event files of a directory in the order of their names, so a new file's
 * seconds are always greater than those of existing files, even if two runs start within one second
 * or the clock was set back.
 *
 * <p>Not thread-safe.
 */
public final class TensorBoardFile implements Closeable {
  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d+)\\..*");
  private static final String FILE_VERSION = "brain.Event:2";

  private final Path path;
  private final TfRecordWriter records;

  private TensorBoardFile(Path path, TfRecordWriter records) {
    this.path = path;
    this.records = records;
  }

  /**
   * Creates the next event file of a directory.
   *
   * @param directory created if absent
   * @throws IOException if the directory or the file cannot be made
   */
  public static TensorBoardFile create(Path directory) throws IOException {
    Files.createDirectories(directory);
    long seconds = Math.max(System.currentTimeMillis() / 1000, newest(directory) + 1);
    String host = host();
    while (true) {
      Path path =
          directory.resolve(
              String.format(Locale.ROOT, "events.out.tfevents.%010d.%s", seconds, host));
      try {
        TensorBoardFile file = new TensorBoardFile(path, TfRecordWriter.create(path));
        file.writeVersion();
        return file;
      } catch (FileAlreadyExistsException e) {
        seconds++; // Another process created it in the meantime.
      }
    }
  }

  private void writeVersion() throws IOException {
    try {
      write(event(0).setFileVersion(FILE_VERSION));
      records.flush();
    } catch (IOException e) {
      records.close();
      throw e;
    }
  }

  private static long newest(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .max()
          .orElse(0);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
    } catch (UnknownHostException e) {
      return "localhost"; // A container without a host name.
    }
  }

  /** The file's path. */
  public Path path() {
    return path;
  }

  /**
   * Marks a restart at this step: TensorBoard then discards the data of earlier files from this
   * step on.
   */
  public void restart(long firstStep) throws IOException {
    SessionLog start = SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START).build();
    write(event(firstStep).setSessionLog(start));
  }

  /** Writes scalars of one step; TensorBoard groups names by the part before a {@code /}. */
  public void scalars(long step, Map<String, Double> values) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) -> summary.addValueBuilder().setTag(tag).setSimpleValue(value.floatValue()));
    write(event(step).setSummary(summary));
  }

  /**
   * Writes the settings of a run, which the page of hyperparameters shows beside its metrics.
   *
   * @param settings by name
   */
  public void settings(long step, Map<String, String> settings) throws IOException {
    write(event(step).setSummary(HparamsSummary.start(settings, seconds())));
  }

  /**
   * Writes the end of a run whose settings were written.
   *
   * @param finished whether it reached its last step
   */
  public void ended(long step, boolean finished) throws IOException {
    write(event(step).setSummary(HparamsSummary.end(finished, seconds())));
  }

  /** Writes a text, shown as Markdown on the Text page. */
  public void text(long step, String tag, String markdown) throws IOException {
    SummaryMetadata metadata =
        SummaryMetadata.newBuilder()
            .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName("text"))
            .build();
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addStringVal(ByteString.copyFromUtf8(markdown))
            .build();
    Summary.Builder summary = Summary.newBuilder();
    summary.addValueBuilder().setTag(tag).setMetadata(metadata).setTensor(tensor);
    write(event(step).setSummary(summary));
  }

  /**
   * Writes a picture of one step.
   *
   * @param png the content of a PNG file of three channels
   */
  public void image(long step, String tag, byte[] png, int height, int width) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    summary
        .addValueBuilder()
        .setTag(tag)
        .setImage(
            Summary.Image.newBuilder()
                .setHeight(height)
                .setWidth(width)
                .setColorspace(3)
                .setEncodedImageString(ByteString.copyFrom(png)));
    write(event(step).setSummary(summary));
  }

  /** Writes a distribution. */
  public void histogram(HistogramReport report) throws IOException {
    HistogramProto.Builder histogram =
        HistogramProto.newBuilder()
            .setMin(report.min())
            .setMax(report.max())
            .setNum(report.count())
            .setSum(report.sum())
            .setSumSquares(report.squares());
    for (int bin = 0; bin < HistogramReport.BINS; bin++) {
      histogram.addBucketLimit(report.limit(bin)).addBucket(report.counts().get(bin));
    }
    Summary.Builder summary = Summary.newBuilder();
    summary.addValueBuilder().setTag(report.name()).setHisto(histogram);
    write(event(report.step()).setSummary(summary));
  }

  /** Flushes everything written so far to the operating system. */
  public void flush() throws IOException {
    records.flush();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  private static Event.Builder event(long step) {
    return Event.newBuilder().setWallTime(seconds()).setStep(step);
  }

  private static double seconds() {
    return System.currentTimeMillis() / 1000.0;
  }

  private void write(Event.Builder event) throws IOException {
    records.write(event.build().toByteArray());
  }
}
