package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.ColourJitter;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.RecordingLog;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A bench with 40 textures of 8×8: five steps of eight images an epoch. */
final class Bench implements AutoCloseable {

  static final int STEPS_PER_EPOCH = 5;
  private static final int SIZE = 8;

  final DataSet training;
  final DataSet evaluation;

  Bench() {
    try {
      training = new Textures(Textures.Split.TRAIN, 4, SIZE, 0).open();
      evaluation = new Textures(Textures.Split.TEST, 3, SIZE, 0).open();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * Reads settings.
   *
   * @param json members as in a recipe with ' for "; the defaults are batches of 8 and frequent
   *     checkpoints
   */
  static ClassificationSettings settings(String json) {
    String usual =
        "{'batch': 8, 'threads': 1, 'learningRate': {'base': 0.05},"
            + " 'checkpoints': {'everyEpochs': 1, 'everyMinutes': 1e-9, 'keep': 3}}";
    return JsonRecords.sealed()
        .read(JsonRecords.merge(object(usual), object(json)), ClassificationSettings.class);
  }

  private static com.google.gson.JsonObject object(String json) {
    return JsonRecords.parse(json.replace('\'', '"')).getAsJsonObject();
  }

  ClassificationRecipe recipe(Network network, ClassificationSettings settings) {
    DataRecipe images =
        new DataRecipe(
            new Textures(Textures.Split.TRAIN, 4, SIZE, 0),
            Optional.of(new Textures(Textures.Split.TEST, 3, SIZE, 0)),
            0.1,
            SIZE,
            new Augmentation.PadCropFlip(1, true),
            ColourJitter.NONE,
            Augmentation.none(),
            1 << 20);
    return new ClassificationRecipe("tiny", network, images, settings);
  }

  TrainingPlan plan(Path directory, Network network, ClassificationSettings settings) {
    return plan(directory, network, settings, training);
  }

  TrainingPlan plan(
      Path directory, Network network, ClassificationSettings settings, DataSet images) {
    return new PreparedClassification(recipe(network, settings), new RecipeData(images, evaluation))
        .plan(directory);
  }

  /** Trains from the start. */
  TrainingOutcome run(Path directory, Network network, ClassificationSettings settings)
      throws IOException {
    return new TrainingLoop(plan(directory, network, settings), new RecordingLog()).run();
  }

  /** Resumes. */
  TrainingOutcome resume(Path directory, Network network, ClassificationSettings settings)
      throws IOException {
    return resume(directory, network, settings, new RecordingLog());
  }

  TrainingOutcome resume(
      Path directory, Network network, ClassificationSettings settings, RecordingLog log)
      throws IOException {
    return new TrainingLoop(plan(directory, network, settings), log).resume();
  }

  /** Trains from the start and stops after a step. */
  void runUntil(long step, Path directory, Network network, ClassificationSettings settings)
      throws IOException {
    try {
      new TrainingLoop(plan(directory, network, settings), new RecordingLog().stoppingAfter(step))
          .run();
      throw new AssertionError("The run ended before step " + step + ".");
    } catch (RecordingLog.Stop stopped) {
      // As intended.
    }
  }

  /** Copies a stopped run. */
  static Path copy(Path run, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(run.relativize(file).toString()));
      }
    }
    return target;
  }

  static Path checkpoint(Path directory, long step) {
    return directory.resolve("checkpoints/step-%09d".formatted(step));
  }

  /** The bytes of every variable of a checkpoint: weights, slots, statistics and counters. */
  static byte[] variables(Path checkpoint) {
    try {
      return Files.readAllBytes(checkpoint.resolve("variables.data-00000-of-00001"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * The same as float32; the two int64 counters appear as tiny numbers that are equal if the
   * counters are.
   */
  static float[] numbers(Path checkpoint) {
    var floats =
        ByteBuffer.wrap(variables(checkpoint)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] numbers = new float[floats.remaining()];
    floats.get(numbers);
    return numbers;
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
  }
}
