package dev.recal.spark;

import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.objective.Outputs;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.SavedModelWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** An untrained classifier and image files for it, some of which are damaged. */
public final class Samples {

  private static final int CLASSES = 7;
  private static final int SIZE = 16;

  private Samples() {}

  public static Path model(Path target) throws IOException {
    return model(target, ResNet.cifar(8).withClasses(CLASSES), SIZE);
  }

  public static Path model(Path target, Network network, int size) throws IOException {
    List<String> labels =
        IntStream.range(0, network.classes()).mapToObj(index -> "class" + index).toList();
    return model(target, network, size, labels, Outputs.oneClass());
  }

  public static Path model(
      Path target, Network network, int size, List<String> labels, Outputs outputs)
      throws IOException {
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(
              graph, network, labels, Augmentation.none(), size, size, outputs);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        return SavedModelWriter.plain().write(servable, session, target);
      }
    }
  }

  /** Writes JPEG files of random pixels in a folder and one inside it. */
  public static void images(Path folder, int count, int height, int width) throws IOException {
    Path inner = Files.createDirectories(folder.resolve("inner"));
    for (int i = 0; i < count; i++) {
      String name = String.format(Locale.ROOT, "image %04d.jpg", i);
      jpeg((i % 3 == 0 ? inner : folder).resolve(name), i, height, width);
    }
  }

  /** Writes an empty file, a text, the first half of an image, and an image of 80 megapixels. */
  public static void damaged(Path folder) throws IOException {
    Files.write(folder.resolve("empty.jpg"), new byte[0]);
    Files.writeString(folder.resolve("text.txt"), "This is not an image.");
    byte[] whole = Files.readAllBytes(jpeg(folder.resolve("half.jpg"), 1, 40, 40));
    Files.write(folder.resolve("half.jpg"), Arrays.copyOf(whole, whole.length / 2));
    BufferedImage huge = new BufferedImage(8000, 10000, BufferedImage.TYPE_BYTE_BINARY);
    ImageIO.write(huge, "png", folder.resolve("huge.png").toFile());
  }

  /** Starts Spark in this process, once for all tests; it stops with the process. */
  public static SparkSession spark() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", "target/warehouse")
        .config("spark.sql.shuffle.partitions", 2)
        // Compiled queries pay off above some thousand rows.
        .config("spark.sql.codegen.wholeStage", false)
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", false)
        .getOrCreate();
  }

  private static Path jpeg(Path file, int seed, int height, int width) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    // Smooth, so that files have the size of photographs.
    int[] colours = random.ints(16, 0, 1 << 24).toArray();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colours[(y * 4 / height) * 4 + x * 4 / width] ^ random.nextInt(16));
      }
    }
    ImageIO.write(image, "jpg", file.toFile());
    return file;
  }
}
