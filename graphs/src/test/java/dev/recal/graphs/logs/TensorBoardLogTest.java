package dev.recal.graphs.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.recal.ops.records.TfRecordReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

class TensorBoardLogTest {
  @TempDir Path directory;

  private static List<Event> events(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    try (TfRecordReader reader = TfRecordReader.open(file)) {
      Optional<byte[]> record = reader.next();
      while (record.isPresent()) {
        events.add(Event.parseFrom(record.get()));
        record = reader.next();
      }
    }
    return events;
  }

  private static Map<String, Float> scalars(Event event) {
    Map<String, Float> scalars = new LinkedHashMap<>();
    for (Summary.Value value : event.getSummary().getValueList()) {
      scalars.put(value.getTag(), value.getSimpleValue());
    }
    return scalars;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void writesScalarsOfStepsAndEvaluations() throws IOException {
    try (TensorBoardLog log = new TensorBoardLog(directory)) {
      log.started(Reports.run(0));
      log.step(Reports.withExtras(Reports.step(1, Double.NaN), Map.of("gradient_norm", 2.5)));
      log.evaluated(Reports.evaluation(1, 0.25));
    }
    List<Event> events = events(files().get(0));
    assertThat(files().get(0).getFileName().toString())
        .matches("events\\.out\\.tfevents\\.\\d{10}\\..+");
    assertThat(events).hasSize(4);
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).getSummary().getValue(0).getTensor().getStringVal(0).toStringUtf8())
        .contains("| seed | 7 |")
        .contains("| batch size | 128 |");
    assertThat(events.get(2).getStep()).isEqualTo(1);
    assertThat(events.get(2).getWallTime()).isGreaterThan(1.7e9);
    assertThat(scalars(events.get(2)))
        .containsEntry("train/loss", Float.NaN)
        .containsEntry("train/accuracy", 0.01f)
        .containsEntry("learning_rate", 0.1f)
        .containsEntry("images_per_second", 812.5f)
        .containsEntry("train/gradient_norm", 2.5f)
        .hasSize(5);
    assertThat(scalars(events.get(3)))
        .containsEntry("evaluation/loss", 1.5f)
        .containsEntry("evaluation/top1", 0.25f)
        .containsEntry("evaluation/top5", 0.9f)
        .hasSize(3);
  }

  @Test
  void resumeStartsANewFileThatPurgesLaterSteps() throws IOException {
    for (long start : new long[] {0, 2, 3}) {
      try (TensorBoardLog log = new TensorBoardLog(directory)) {
        log.started(Reports.run(start));
        log.step(Reports.step(start + 1));
      }
    }
    assertThat(files()).hasSize(3);
    Event restart = events(files().get(1)).get(1);
    assertThat(restart.getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(restart.getStep()).isEqualTo(3);
    assertThat(events(files().get(2)).get(1).getStep()).isEqualTo(4);
    assertThat(events(files().get(0))).noneMatch(Event::hasSessionLog);
  }

  @Test
  void stagesShareAFile() throws IOException {
    try (TensorBoardLog log = new TensorBoardLog(directory)) {
      log.started(Reports.firstStage());
      log.step(Reports.stageStep(100));
      log.started(Reports.secondStage(100));
      log.step(Reports.stageStep(101));
    }
    assertThat(files()).hasSize(1);
    List<Event> events = events(files().get(0));
    assertThat(events).extracting(Event::getStep).containsExactly(0L, 0L, 100L, 100L, 101L);
    assertThat(events).noneMatch(Event::hasSessionLog);
    assertThat(events.get(3).getSummary().getValue(0).getTensor().getStringVal(0).toStringUtf8())
        .contains("| stage | stage 2 of 3 |");
  }

  @Test
  void directoryThatCannotBeCreatedIsOneSentence() throws IOException {
    Path existingFile = Files.writeString(directory.resolve("file"), "");
    try (TensorBoardLog log = new TensorBoardLog(existingFile)) {
      assertThatThrownBy(() -> log.started(Reports.run(0)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "Cannot write a TensorBoard event file in %s: %s already exists."
                  .formatted(existingFile, existingFile));
    }
  }

  @Test
  void writesSettingsForThePageOfHyperparameters() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("training.batch", "128");
    settings.put("network", "resnet");
    settings.put("training.nesterov", "true");
    try (TensorBoardLog log = new TensorBoardLog(directory, settings)) {
      log.started(Reports.run(0));
      log.step(Reports.step(1));
    }
    List<Event> events = events(files().get(0));
    Summary.Value start = events.get(1).getSummary().getValue(0);
    assertThat(start.getTag()).isEqualTo("_hparams_/session_start_info");
    assertThat(start.getMetadata().getPluginData().getPluginName()).isEqualTo("hparams");
    UnknownFieldSet content =
        UnknownFieldSet.parseFrom(start.getMetadata().getPluginData().getContent());
    UnknownFieldSet info =
        UnknownFieldSet.parseFrom(content.getField(3).getLengthDelimitedList().get(0));
    Map<String, Value> values = new LinkedHashMap<>();
    for (ByteString entry : info.getField(1).getLengthDelimitedList()) {
      UnknownFieldSet pair = UnknownFieldSet.parseFrom(entry);
      values.put(
          pair.getField(1).getLengthDelimitedList().get(0).toStringUtf8(),
          Value.parseFrom(pair.getField(2).getLengthDelimitedList().get(0)));
    }
    assertThat(values).hasSize(3);
    assertThat(values.get("training.batch").getNumberValue()).isEqualTo(128);
    assertThat(values.get("network").getStringValue()).isEqualTo("resnet");
    assertThat(values.get("training.nesterov").getBoolValue()).isTrue();
    // Killed runs have no end; this one was closed before its last step.
    Summary.Value end = events.get(events.size() - 1).getSummary().getValue(0);
    assertThat(end.getTag()).isEqualTo("_hparams_/session_end_info");
  }

  @Test
  void writesDistributions() throws IOException {
    float[] values = {0, 0.5f, 1, Float.NaN, 0.52f};
    try (TensorBoardLog log = new TensorBoardLog(directory)) {
      log.started(Reports.run(0));
      log.histogram(HistogramReport.of(3, "layers/stage1/gate", values));
      log.histogram(HistogramReport.of(3, "layers/none", new float[0]));
      log.histogram(HistogramReport.of(3, "layers/same", new float[] {2, 2}));
    }
    List<Event> events = events(files().get(0));
    Summary.Value value = events.get(2).getSummary().getValue(0);
    assertThat(events.get(2).getStep()).isEqualTo(3);
    assertThat(value.getTag()).isEqualTo("layers/stage1/gate");
    HistogramProto histogram = value.getHisto();
    assertThat(histogram.getNum()).isEqualTo(4);
    assertThat(histogram.getMin()).isZero();
    assertThat(histogram.getMax()).isEqualTo(1);
    assertThat(histogram.getSum()).isEqualTo(2.02, Offset.offset(1e-6));
    assertThat(histogram.getSumSquares()).isEqualTo(1.5204, Offset.offset(1e-6));
    assertThat(histogram.getBucketLimitList()).hasSize(30).isSorted().endsWith(1.0);
    assertThat(histogram.getBucket(0)).isEqualTo(1);
    assertThat(histogram.getBucket(15)).isEqualTo(2);
    assertThat(histogram.getBucket(29)).isEqualTo(1);
    assertThat(events.get(3).getSummary().getValue(0).getHisto().getNum()).isZero();
    assertThat(events.get(4).getSummary().getValue(0).getHisto().getBucketList())
        .contains(2.0)
        .hasSize(30);
  }
}
