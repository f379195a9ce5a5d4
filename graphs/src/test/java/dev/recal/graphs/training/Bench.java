package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Network;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

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
   * @param json members as in a recipe with ' for "; batches are of 8 and checkpoints frequent
   *     where it does not say otherwise
   */
  static TrainingSettings settings(String json) {
    String usual =
        "{'batch': 8, 'threads': 1, 'learningRate': {'base': 0.05},"
            + " 'checkpoints': {'everyEpochs': 1, 'everyMinutes': 1e-9, 'keep': 3}}";
    return JsonRecords.sealed()
        .read(JsonRecords.merge(object(usual), object(json)), TrainingSettings.class);
  }

  private static com.google.gson.JsonObject object(String json) {
    return JsonRecords.parse(json.replace('\'', '"')).getAsJsonObject();
  }

  TrainingPlan plan(Path directory, Network network, TrainingSettings settings) {
    Augmentation augmentation = new Augmentation.PadCropFlip(1, true);
    return new TrainingPlan(
        "tiny",
        network,
        settings,
        training,
        PipelineSettings.training(settings.microBatch(), SIZE, SIZE, augmentation, settings.seed())
            .withThreads(1),
        evaluation,
        PipelineSettings.evaluation(7, SIZE, SIZE, Augmentation.none()).withThreads(1),
        directory);
  }

  /** Trains from the start. */
  TrainingResult run(Path directory, Network network, TrainingSettings settings)
      throws IOException {
    try (Trainer trainer = new Trainer(plan(directory, network, settings), new SilentLog())) {
      return trainer.run();
    }
  }

  /** Goes on. */
  TrainingResult resume(Path directory, Network network, TrainingSettings settings)
      throws IOException {
    return resume(directory, network, settings, new SilentLog());
  }

  TrainingResult resume(Path directory, Network network, TrainingSettings settings, SilentLog log)
      throws IOException {
    try (Trainer trainer = new Trainer(plan(directory, network, settings), log)) {
      return trainer.resume();
    }
  }

  /** Trains from the start, and is stopped where the next step would follow this one. */
  void runUntil(long step, Path directory, Network network, TrainingSettings settings)
      throws IOException {
    try (Trainer trainer =
        new Trainer(plan(directory, network, settings), new SilentLog().stoppingAfter(step))) {
      trainer.run();
      throw new AssertionError("The run ended before step " + step + ".");
    } catch (SilentLog.Stop stopped) {
      // As intended.
    }
  }

  static Path checkpoint(Path directory, long step) {
    return directory.resolve("checkpoints/step-%09d".formatted(step));
  }

  /** Every variable of a checkpoint, weights, slots, statistics and counters, as it lies there. */
  static byte[] variables(Path checkpoint) {
    try {
      return Files.readAllBytes(checkpoint.resolve("variables.data-00000-of-00001"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The same as numbers; the two int64 counters appear as tiny ones, equal if they are equal. */
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
