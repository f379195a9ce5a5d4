package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.source.Textures;
import dev.recal.savedmodels.Classification;
import dev.recal.savedmodels.Predictor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneCommandTest {

  private static final int PER_CLASS = 6;

  @TempDir private static Path directory;
  private static Path run;
  private static Path images;

  @BeforeAll
  static void train() throws IOException {
    run = trained("run", "srm-resnet20-cifar", 4);
    images = directory.resolve("images");
    Textures textures = new Textures(Textures.Split.TEST, PER_CLASS, 32, 0);
    try (DataSet data = textures.open(OpenSettings.defaults())) {
      int[] labels = data.labels();
      for (int i = 0; i < data.count(); i++) {
        Path folder = images.resolve(data.classNames().get(labels[i]));
        data.writeImage(i, 32, Files.createDirectories(folder).resolve(i + ".png"));
      }
    }
  }

  private static Path trained(String name, String network, int epochs) {
    Path run = directory.resolve(name);
    CommandResult trained =
        CommandResult.of(
            "train",
            "../recipes/quickstart.json",
            "--out",
            run,
            "--plain",
            "--set",
            "network=" + network,
            "--set",
            "network.repeats=[1,1,1]",
            "--set",
            "training.epochs=" + epochs,
            "--set",
            "training.evaluateEvery=" + epochs,
            "--set",
            "data.training.perClass=24",
            "--set",
            "data.evaluation.perClass=" + PER_CLASS,
            "--set",
            "training.batch=48");
    assertThat(trained.exit()).as(trained.err()).isZero();
    return run;
  }

  private static JsonObject point(Path out, int curve, int number) throws IOException {
    return JsonParser.parseString(Files.readString(out.resolve("prune.json")))
        .getAsJsonObject()
        .getAsJsonArray("curves")
        .get(curve)
        .getAsJsonObject()
        .getAsJsonArray("points")
        .get(number)
        .getAsJsonObject();
  }

  @Test
  void exportsTheMeasuredModel() throws IOException {
    Path out = directory.resolve("out");
    CommandResult ran =
        CommandResult.of(
            "prune",
            run,
            "--data",
            images,
            "--shares",
            "0.5,0",
            "--random",
            "1,2",
            "--export",
            "0.25",
            "--out",
            out);
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("random").contains("28 of 112").contains("56 of 112");
    assertThat(out).isDirectoryContaining("glob:**prune.png");
    assertThat(point(out, 0, 0).get("share").getAsDouble()).isZero();
    assertThat(point(out, 2, 2).get("prunedChannels").getAsInt()).isEqualTo(56);
    JsonObject quarter = point(out, 0, 1);
    assertThat(quarter.get("share").getAsDouble()).isEqualTo(0.25);
    double measured = quarter.get("top1").getAsDouble();
    assertThat(accuracy(out.resolve("model-0.25"))).isEqualTo(measured);

    Path weights = out.resolve("pruned-0.25");
    Path again = directory.resolve("again");
    CommandResult whole =
        CommandResult.of("prune", weights, "--data", images, "--shares", "0", "--out", again);
    assertThat(whole.exit()).as(whole.err()).isZero();
    assertThat(point(again, 0, 0).get("top1").getAsDouble()).isEqualTo(measured);

    CommandResult withoutData = CommandResult.of("prune", weights, "--out", again);
    assertThat(withoutData.exit()).isEqualTo(2);
    assertThat(withoutData.err()).contains("--data");
    CommandResult taken = CommandResult.of("prune", run, "--export", "0.25", "--out", out);
    assertThat(taken.exit()).isEqualTo(1);
    assertThat(taken.err()).contains("pruned-0.25").contains("already exists");
  }

  /** What is not measured, and what is measured in its place, never goes unsaid. */
  @Test
  void imagesAndCheckpointsThatAreDamagedAreReported() throws IOException {
    Path some = Files.createDirectories(directory.resolve("some"));
    Path damaged = directory.resolve("damaged");
    copy(images, some);
    copy(run, damaged);
    Files.writeString(some.resolve("canvas/broken.png"), "no image");
    Path best = damaged.resolve("checkpoints/step-000000020");
    Files.writeString(best.resolve("variables.data-00000-of-00001"), "half");

    PrintStream usual = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    CommandResult evaluated;
    try {
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      evaluated = CommandResult.of("evaluate", damaged, "--images", some);
    } finally {
      System.setErr(usual);
    }
    assertThat(evaluated.exit()).as(evaluated.err()).isZero();
    assertThat(evaluated.err()).contains("Skipped 1 file:", "broken.png");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains(best + " is damaged; the best of the others is used.");
    Path out = directory.resolve("some-out");
    CommandResult pruned =
        CommandResult.of("prune", run, "--data", some, "--shares", "0", "--out", out);
    assertThat(pruned.exit()).as(pruned.err()).isZero();
    assertThat(pruned.err()).contains("Skipped 1 file:", "broken.png");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var found = Files.walk(from)) {
      for (Path path : found.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy);
      }
    }
  }

  private static double accuracy(Path model) throws IOException {
    List<byte[]> files = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    try (var found = Files.walk(images)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.add(Files.readAllBytes(file));
        labels.add(file.getParent().getFileName().toString());
      }
    }
    try (Predictor predictor = Predictor.open(model)) {
      List<List<Classification>> answers = predictor.classify(files, 1);
      long right =
          IntStream.range(0, files.size())
              .filter(i -> answers.get(i).get(0).label().equals(labels.get(i)))
              .count();
      return (double) right / files.size();
    }
  }

  @Test
  void measuresOnTheRunsOwnImagesAndOfAnExport() throws IOException {
    Path out = directory.resolve("own");
    CommandResult own =
        CommandResult.of("prune", run, "--shares", "0,1", "--across-layers", "--out", out);
    assertThat(own.exit()).as(own.err()).isZero();
    assertThat(own.err()).contains("Measuring on 60 images");
    Path model = directory.resolve("model");
    assertThat(CommandResult.of("export", run, model).exit()).isZero();
    Path other = directory.resolve("other");
    CommandResult exported =
        CommandResult.of("prune", model, "--shares", "0,1", "--across-layers", "--out", other);
    assertThat(exported.exit()).as(exported.err()).isZero();
    assertThat(Files.readString(other.resolve("prune.json")))
        .isEqualTo(Files.readString(out.resolve("prune.json")));
  }

  @Test
  void rejectsInvalidSettings() throws IOException {
    for (String share : List.of("1.5", "-0.1", "NaN")) {
      CommandResult ran =
          CommandResult.of("prune", run, "--shares=0," + share, "--out", directory.resolve("bad"));
      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains("--shares").contains("from 0 to 1").contains(share);
    }
    CommandResult word = CommandResult.of("prune", run, "--shares", "half");
    assertThat(word.exit()).isEqualTo(2);
    assertThat(word.err()).contains("half");
    CommandResult export = CommandResult.of("prune", run, "--export", "2");
    assertThat(export.exit()).isEqualTo(2);
    assertThat(export.err()).contains("--export");
    assertThat(directory.resolve("bad")).doesNotExist();

    CommandResult plain =
        CommandResult.of("prune", trained("plain", "resnet20-cifar", 1), "--out", directory);
    assertThat(plain.exit()).isEqualTo(1);
    assertThat(plain.err()).contains("expected channel gates").contains("but got none");
  }
}
