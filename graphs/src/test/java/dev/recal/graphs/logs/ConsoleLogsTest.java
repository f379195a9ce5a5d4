package dev.recal.graphs.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleLogsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong();

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void printsALineAfterEnoughSteps() {
    try (PlainLog log = new PlainLog(out, 40, Duration.ofHours(1), clock::get)) {
      log.started(Reports.run(0));
      for (long step = 1; step <= 100; step++) {
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        log.step(Reports.step(step));
      }
      log.evaluated(Reports.evaluation(100, 0.75));
      log.message("done");
    }
    assertThat(lines())
        .containsExactly(
            "srm-resnet-20: training for 100 steps (10 epochs of 10 steps), batch 128",
            "step 1/100  epoch 1/10  loss 2.0000  top-1 1.00 %  lr 0.100  813 img/s",
            "step 41/100  epoch 5/10  loss 0.0488  top-1 41.00 %  lr 0.100  813 img/s  0:59 left",
            "step 81/100  epoch 9/10  loss 0.0247  top-1 81.00 %  lr 0.100  813 img/s  0:19 left",
            "step 100/100  epoch 10/10  loss 0.0200  top-1 100.00 %  lr 0.100  813 img/s  0:00"
                + " left",
            "evaluation at step 100: loss 1.5000, top-1 75.00 %, top-5 90.00 %, 10,000 images in"
                + " 3.3 s",
            "done");
  }

  @Test
  void printsALineAfterEnoughSeconds() {
    try (PlainLog log = new PlainLog(out, 1000, Duration.ofSeconds(30), clock::get)) {
      log.started(Reports.run(50));
      for (long step = 51; step <= 60; step++) {
        clock.addAndGet(Duration.ofSeconds(12).toNanos());
        log.step(Reports.step(step));
      }
    }
    assertThat(lines().get(0)).contains("resuming after step 50 of 100");
    assertThat(lines().subList(1, lines().size()))
        .extracting(line -> line.substring(0, 11))
        .containsExactly("step 51/100", "step 54/100", "step 57/100", "step 60/100");
    assertThat(lines().get(2)).endsWith("9:12 left");
  }

  @Test
  void barShowsProgressBelowTheLines() {
    try (ProgressBarLog log = new ProgressBarLog(out, 140, clock::get)) {
      log.started(Reports.run(0));
      log.step(Reports.step(50, 0.5));
      log.message("checkpoint written");
      log.step(Reports.step(100, 0.25));
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(printed)
        .contains("\r\u001b[2Kcheckpoint written" + System.lineSeparator())
        // The bar is drawn in a separate thread: the text beside 50/100 depends on timing.
        .contains(" 50/100 ")
        .containsPattern("train 100% \\[=+\\] 100/100 .*loss 0.250, top-1 100.00 %");
  }

  @Test
  void linesCountTheStepsOfAStageAndTheTimeOfAll() {
    try (PlainLog log = new PlainLog(out, 50, Duration.ofHours(1), clock::get)) {
      log.started(Reports.firstStage());
      takeSteps(log, 1, 100, Duration.ofSeconds(1));
      log.started(Reports.secondStage(100));
      takeSteps(log, 101, 200, Duration.ofSeconds(2));
    }
    assertThat(lines())
        .containsExactly(
            "pyramid, stage 1 of 3: training for 100 steps (2 epochs of 50 steps), batch 1",
            "stage 1 of 3, step 1/100  epoch 1/2  loss 0.5000  lr 0.100  2.0 img/s",
            // 49 steps of 1 second, then 1400 times their cost.
            "stage 1 of 3, step 51/100  epoch 2/2  loss 0.5000  lr 0.100  2.0 img/s  24:09 left"
                + " in all",
            "stage 1 of 3, step 100/100  epoch 2/2  loss 0.5000  lr 0.100  2.0 img/s  23:20 left"
                + " in all",
            "pyramid, stage 2 of 3: training for 100 steps (2 epochs of 50 steps), batch 1",
            // Still 1 second per unit of cost: 99 · 4 + 1000.
            "stage 2 of 3, step 1/100  epoch 1/2  loss 0.5000  lr 0.100  2.0 img/s  23:16 left in"
                + " all",
            // Half a second per unit of cost: 49 · 4 + 1000.
            "stage 2 of 3, step 51/100  epoch 2/2  loss 0.5000  lr 0.100  2.0 img/s  9:58 left in"
                + " all",
            "stage 2 of 3, step 100/100  epoch 2/2  loss 0.5000  lr 0.100  2.0 img/s  8:20 left in"
                + " all");
  }

  private void takeSteps(TrainingLog log, long first, long last, Duration each) {
    for (long step = first; step <= last; step++) {
      clock.addAndGet(each.toNanos());
      log.step(Reports.stageStep(step));
    }
  }

  @Test
  void aResumedStageCountsItsOwnSteps() {
    assertThat(LogText.started(Reports.secondStage(120)))
        .startsWith("pyramid, stage 2 of 3: resuming after step 20 of 100 (");
  }

  @Test
  void eachStageHasABarWithTheTimeOfAll() {
    try (ProgressBarLog log = new ProgressBarLog(out, 140, clock::get)) {
      log.started(Reports.firstStage());
      takeSteps(log, 1, 100, Duration.ofSeconds(1));
      log.started(Reports.secondStage(100));
      takeSteps(log, 101, 200, Duration.ofSeconds(2));
      log.message("done");
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    String first = "stage 1 of 3 100% \\[=+\\] 100/100 [^\r\n]* 23:20 left in all, 2.0 img/s";
    String second = "stage 2 of 3 100% \\[=+\\] 100/100 [^\r\n]* 8:20 left in all, 2.0 img/s";
    assertThat(printed).containsPattern("(?s)" + first + ".*training for 100.*" + second);
    // The bar of a closed stage is not drawn again.
    assertThat(printed.substring(printed.indexOf("pyramid, stage 2"))).doesNotContain("stage 1 of");
    assertThat(printed.split("pyramid, stage ", -1)).hasSize(3);
  }

  @Test
  void plainLinesWithoutTerminal() {
    assertThat(ConsoleLogs.choose(out, true)).isInstanceOf(PlainLog.class);
  }

  @Test
  void durationsAreShort() {
    assertThat(LogText.duration(Duration.ofSeconds(7))).isEqualTo("0:07");
    assertThat(LogText.duration(Duration.ofSeconds(754))).isEqualTo("12:34");
    assertThat(LogText.duration(Duration.ofSeconds(10921))).isEqualTo("3:02:01");
  }
}
