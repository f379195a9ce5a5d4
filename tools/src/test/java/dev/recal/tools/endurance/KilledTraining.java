package dev.recal.tools.endurance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.tools.CommandResult;
import dev.recal.tools.Main;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A training that is killed: its recipe, and its runs in processes of the command.
 *
 * @param name for the report
 * @param bySteps whether the same steps have checkpoints in every run
 * @param progress how many steps a process takes before it is killed, at most
 * @param recipe JSON, with ' for "
 */
record KilledTraining(String name, boolean bySteps, int progress, String recipe) {

  private static final String NETWORK =
      "'network': {'preset': 'resnet20-cifar', 'repeats': [1, 1], 'width': 0.25,"
          + " 'dropout': 0.2}, ";
  private static final String TEXTURES =
      "'data': {'training': {'type': 'textures', 'perClass': 4, 'size': 16},"
          + " 'evaluation': {'type': 'textures', 'split': 'test', 'perClass': 1, 'size': 16},"
          + " 'imageSize': 16}, ";
  // Sets that do not fit into the memory are read and decoded in every epoch.
  private static final String STREAMED =
      "'data': {'training': %s, 'evaluation': %s, 'imageSize': 16, 'memoryLimitBytes': 1,"
          + " 'augmentation': 'random-resized-crop', 'jitter': {'brightness': 0.2}}, ";
  private static final String GENERATOR =
      "{'task': 'synthesis', 'name': '%s', 'data': {'images': {'type': 'image-collection', 'path':"
          + " '%s'}, %s}, 'network': {'size': 32, 'width': 4, 'skip': '%s'}, 'training': {'batch':"
          + " 4, 'steps': 40, 'threads': 1, 'averageBatches': 2, %s}}";

  private static final String DETECTOR =
      "{'task': 'detection', 'name': 'detector', 'network': {'type': 'mask-rcnn', 'backbone':"
          + " {'type': 'resnet', 'block': 'basic', 'repeats': [1, 1, 1, 1], 'channels': 8},"
          + " 'pyramid': {'channels': 8}, 'proposals': {'channels': 8, 'scales': [4]},"
          + " 'stages': [{'boxes': {'features': 16}, 'masks': {'channels': 8, 'convolutions':"
          + " 1}}]}, 'data': {'height': 64, 'width': 64, 'training': {'type': 'drawn-scenes',"
          + " 'count': 12}, 'evaluation': {'type': 'drawn-scenes', 'split': 'test', 'count': 3}},"
          + " 'training': {'batch': 4, 'accumulation': 2, 'steps': 20, 'threads': 1,"
          + " 'learningRate': {'base': 0.01}, 'anchors': {'count': 16, 'positives': 8},"
          + " 'regions': {'count': 12, 'positives': 6}, 'checkpoints': {'everySteps': 1}}}";

  /** Writes the data and returns the trainings, of all kinds and with many settings. */
  static List<KilledTraining> all(Path directory) throws IOException {
    Path folder = images(directory.resolve("folder"));
    Path shards = directory.resolve("shards");
    CommandResult ran = CommandResult.of("records", folder, "--out", shards, "--shards", 2);
    if (ran.exit() != 0) {
      throw new IOException(ran.err());
    }
    String inFolder = "{'type': 'image-folder', 'root': '%s'}".formatted(folder);
    String inShards = "{'type': 'record-shards', 'directory': '%s'}".formatted(shards);
    return List.of(
        new KilledTraining(
            "SGD, accumulation, a checkpoint after every step",
            true,
            8,
            "{'name': 'sgd', "
                + NETWORK
                + TEXTURES
                + "'training': {'batch': 8, 'steps': 120, 'threads': 1, 'accumulation': 2,"
                + " 'optimiser': {'type': 'sgd', 'nesterov': true}, 'evaluateEvery': 6,"
                + " 'checkpoints': {'everySteps': 1}}}"),
        new KilledTraining(
            "Adam, averages, mixup, a folder that is streamed",
            true,
            6,
            "{'name': 'adam', "
                + NETWORK
                + STREAMED.formatted(inFolder, inFolder)
                + "'training': {'batch': 6, 'steps': 120, 'threads': 1, 'optimiser': 'adam',"
                + " 'average': 0.9, 'averageBatches': 2, 'mixup': 0.2, 'evaluateEvery': 3,"
                + " 'checkpoints': {'everySteps': 2}}}"),
        new KilledTraining(
            "AdamW, averages, clipping, warm-up, shards that are streamed, checkpoints by time",
            false,
            20,
            "{'name': 'adam-w', "
                + NETWORK
                + STREAMED.formatted(inShards, inFolder)
                + "'training': {'batch': 6, 'steps': 300, 'threads': 1, 'optimiser': 'adam-w',"
                + " 'average': 0.9, 'averageBatches': 2, 'clipNorm': 1, 'labelSmoothing': 0.1, 'learningRate': {'base': 0.01,"
                + " 'warmUpEpochs': 2}, 'evaluateEvery': 4,"
                + " 'checkpoints': {'everyMinutes': 0.0005}}}"),
        new KilledTraining(
            "synthesis with SLIM, accumulation, images with replacement",
            true,
            2,
            GENERATOR.formatted(
                "slim",
                folder,
                "'sampling': 'replacement'",
                "slim",
                "'accumulation': 2, 'intervals': {'checkpoint': 1, 'samples': 8, 'count': 4}")),
        new KilledTraining(
            "synthesis with SLE, clipping, epochs, checkpoints by time",
            false,
            2,
            GENERATOR.formatted(
                "sle",
                folder,
                "'sampling': 'epochs', 'fit': 'crop'",
                "sle",
                "'clipNorm': 5, 'average': 0.9, 'intervals': {'checkpoint': 1000, 'samples': 6,"
                    + " 'minutes': 0.001, 'count': 4}")),
        new KilledTraining("detection with masks", true, 2, DETECTOR));
  }

  private static Path images(Path folder) throws IOException {
    for (int i = 0; i < 12; i++) {
      Path image = folder.resolve("class" + i % 2).resolve(i + ".png");
      Files.createDirectories(image.getParent());
      ImageIO.write(noise(18 + i, i), "png", image.toFile());
    }
    return folder;
  }

  /** Returns an image of noise. */
  static BufferedImage noise(int size, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      image.setRGB(i % size, i / size, random.nextInt(1 << 24));
    }
    return image;
  }

  /** Starts a process that trains, or resumes if the run is there. */
  Process start(Path run, Path output) throws IOException {
    boolean there = Files.exists(run.resolve("recipe.json"));
    Path file = run.resolveSibling(run.getFileName() + ".json");
    Files.writeString(file, recipe.replace('\'', '"'));
    List<String> command =
        there
            ? Endurance.java("256m", Main.class, "resume", run, "--plain")
            : Endurance.java("256m", Main.class, "train", file, "--out", run, "--plain");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Returns the names of a run's checkpoints, the oldest first; hidden ones are half written. */
  static List<String> checkpoints(Path run) throws IOException {
    Path root = run.resolve("checkpoints");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Returns the files of a run that an unbroken one has too, by paths inside it. */
  Set<String> files(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run)) {
      Set<String> files = new TreeSet<>();
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = run.relativize(file).toString().replace('\\', '/');
        // A resumed run adds an event file, and one that begins again keeps the metrics of the
        // first beginning; checkpoints by time are those of other steps.
        if (!name.matches("tensorboard/.*|metrics\\.jsonl\\.[0-9]+")
            && (bySteps || !name.startsWith("checkpoints/step-"))) {
          files.add(name);
        }
      }
      return files;
    }
  }

  /** Returns what a run measured, without times. */
  static List<String> metrics(Path run) throws IOException {
    List<String> metrics = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonObject object = JsonParser.parseString(line).getAsJsonObject();
      if (!Set.of("run", "message").contains(object.get("kind").getAsString())) {
        List.of("time", "seconds", "images_per_second").forEach(object::remove);
        metrics.add(object.toString());
      }
    }
    return metrics;
  }
}
