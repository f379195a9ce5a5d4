package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.synthesis.oneshot.training.PreparedOneShot;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Tasks;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Servable;
import dev.recal.ops.Variable;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * A run with a pyramid of three scales on a texture of 36×30, with random weights instead of
 * trained ones.
 */
final class OneShotTrial {

  static final int HEIGHT = 30;
  static final int WIDTH = 36;
  private static final int STEPS = 2;

  private OneShotTrial() {}

  private static Path texture(Path file) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int red = (x * 37 + y * 11) % 200;
        int green = (x / 6 + y / 5) % 2 == 0 ? 220 : 40;
        image.setRGB(x, y, red << 16 | green << 8 | y * 7);
      }
    }
    PngFiles.write(file, () -> image);
    return file;
  }

  /**
   * Writes a run with a checkpoint.
   *
   * @param scale that it has reached, from 0
   */
  static RunDirectory<OneShotRecipe> write(Path directory, int scale) throws IOException {
    Path image = texture(directory.resolveSibling(directory.getFileName() + ".png"));
    OneShotRecipe recipe =
        RecipeJson.read(
            """
            {"task": "one-shot", "name": "trial", "network": {"width": 4, "maxWidth": 4},
             "data": {"file": "%s"}, "training": {"steps": 2}}
            """
                .replace("%s", image.toString()),
            List.of(),
            OneShotRecipe.class);
    try (PreparedTraining<OneShotRecipe> prepared = Tasks.of(recipe).prepare(recipe, false)) {
      RunDirectory<OneShotRecipe> run = RunDirectory.create(directory, prepared);
      writeCheckpoint(run, (PreparedOneShot) prepared, scale);
      return run;
    }
  }

  private static void writeCheckpoint(
      RunDirectory<OneShotRecipe> run, PreparedOneShot prepared, int scale) throws IOException {
    int step = (scale + 1) * STEPS;
    Path checkpoint =
        run.directory().resolve(String.format(Locale.ROOT, "checkpoints/step-%09d", step));
    Files.createDirectories(checkpoint);
    try (Graph graph = new Graph()) {
      Servable servable = run.task().servable(graph, run, false).servable();
      Saver saver = Saver.add(GraphScope.ops(graph), "save", servable.store().all());
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        servable.store().assign(session, values(servable, session, prepared));
        saver.save(session, checkpoint.resolve("variables").toString());
      }
    }
    Files.writeString(
        checkpoint.resolve("state.json"),
        String.format(
            Locale.ROOT,
            "{\"step\": %d, \"epoch\": 1, \"batch\": 0, \"seed\": 1, \"dataDigest\": \"none\","
                + " \"stage\": %d, \"files\": []}",
            step,
            scale));
  }

  // Initial weights give images that are nearly grey.
  private static Map<String, float[]> values(
      Servable servable, Session session, PreparedOneShot prepared) {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, float[]> before = servable.store().values(session);
    for (Variable<TFloat32> variable : servable.store().trainable()) {
      float[] value = before.get(variable.name());
      for (int i = 0; i < value.length; i++) {
        value[i] += (float) random.nextDouble() - 0.5f;
      }
      values.put(variable.name(), value);
    }
    values.put("image", prepared.image().values());
    return values;
  }
}
