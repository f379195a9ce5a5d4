package dev.recal.tools.endurance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small classifier that several workers train, and what its runs leave. */
final class WorkersRun {

  /** How many steps it takes. */
  static final int STEPS = 240;

  /** After how many steps there is a checkpoint. */
  static final int CHECKPOINT = 3;

  private static final String RECIPE =
      "{'name': 'workers', 'network': {'preset': 'resnet20-cifar', 'repeats': [1, 1], 'width': 0.25,"
          + " 'dropout': 0.2}, 'data': {'training': {'type': 'textures', 'perClass': 12, 'size':"
          + " 16}, 'evaluation': {'type': 'textures', 'split': 'test', 'perClass': 1, 'size': 16},"
          + " 'imageSize': 16}, 'training': {'batch': 12, 'steps': %d, 'threads': 1, 'optimiser':"
          + " {'type': 'sgd', 'nesterov': true}, 'evaluateEvery': 20, 'checkpoints': {'everySteps':"
          + " %d}}}";

  private WorkersRun() {}

  /** Writes the recipe's file. */
  static Path recipe(Path directory) throws IOException {
    String text = RECIPE.formatted(STEPS, CHECKPOINT).replace('\'', '"');
    return Files.writeString(directory.resolve("workers.json"), text);
  }

  /** Returns the step of the newest checkpoint, or −1. */
  static int step(Path run) {
    try {
      List<String> whole =
          KilledTraining.checkpoints(run).stream()
              .filter(name -> name.startsWith("step-"))
              .toList();
      return whole.isEmpty()
          ? -1
          : Integer.parseInt(whole.get(whole.size() - 1).substring("step-".length()));
    } catch (IOException notYet) {
      return -1;
    }
  }

  /**
   * Returns the largest difference between the weights of two runs at the end: of all variables,
   * which are stored in one order.
   */
  static double difference(Path run, Path other) throws IOException {
    ByteBuffer a = weights(run);
    ByteBuffer b = weights(other);
    if (a.remaining() != b.remaining()) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i + Float.BYTES <= a.remaining(); i += Float.BYTES) {
      if (a.getInt(i) != b.getInt(i)) {
        double difference = Math.abs((double) a.getFloat(i) - b.getFloat(i));
        largest =
            Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
      }
    }
    return largest;
  }

  private static ByteBuffer weights(Path run) throws IOException {
    Path file = run.resolve("checkpoints/step-%09d/variables.data-00000-of-00001".formatted(STEPS));
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
