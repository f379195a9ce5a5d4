package dev.recal.tools;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** An untrained classifier of two classes, 16×16, as a SavedModel; and images for it. */
public final class TinyModel {

  public static final int SIZE = 16;

  private TinyModel() {}

  public static Path write(Path target) throws IOException {
    return write(target, directory -> {});
  }

  public static Path write(Path target, ModelAddition addition) throws IOException {
    return write(target, addition, 0);
  }

  /** Writes a version whose first logit is greater by a number, and the second one smaller. */
  public static Path write(Path target, ModelAddition addition, float shift) throws IOException {
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(
              graph,
              ResNet.cifar(8).withClasses(2),
              List.of("cat", "dog"),
              Augmentation.none(),
              SIZE,
              SIZE);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        float[] bias = {shift, -shift};
        servable.store().assign(session, Map.of("head/dense/bias", bias));
        GoldenCase golden = new GoldenCase("serving_default", Map.of("images", images(2)));
        return new SavedModelWriter(new JsonObject(), List.of(golden))
            .write(servable, session, target, addition);
      }
    }
  }

  public static TensorValue images(int count) {
    float[] values = new float[count * SIZE * SIZE * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 17) / 17f;
    }
    return TensorValue.of(values, count, SIZE, SIZE, 3);
  }

  /** The same image as a JPEG file with an EXIF orientation of 180°. */
  public static byte[] turnedJpeg(Path directory) throws IOException {
    byte[] jpeg = Files.readAllBytes(image(directory.resolve("turned.jpg")));
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      18,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      3,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteBuffer file = ByteBuffer.allocate(jpeg.length + exif.length);
    file.put(jpeg, 0, 2).put(exif).put(jpeg, 2, jpeg.length - 2);
    return file.array();
  }

  public static Path image(Path file) throws IOException {
    BufferedImage image = new BufferedImage(20, 12, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.ORANGE);
    graphics.fillOval(2, 2, 9, 9);
    graphics.dispose();
    String name = file.getFileName().toString();
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }
}
