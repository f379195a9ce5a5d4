package dev.recal.tools.compatibility;

import dev.recal.graphs.data.source.DrawnScenes;
import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;

/** The lab's inputs for the signatures of detectors: drawn scenes of different sizes. */
final class DetectorInputs {

  private static final int HEIGHT = SampleDetectors.HEIGHT;
  private static final int WIDTH = SampleDetectors.WIDTH;

  private static final String IMAGES = "images";
  private static final String SIZES = "image_sizes";
  private static final String BOXES = "detection_boxes";
  private static final String REGIONS = "box/";

  private DetectorInputs() {}

  /** Returns whether a signature is one of a detector: of its objects, or of inner values. */
  static boolean known(ServableSignature signature) {
    return signature.outputs().keySet().stream()
        .anyMatch(name -> name.equals(BOXES) || name.startsWith(REGIONS));
  }

  /** Returns the inputs of the calls of a signature. */
  static List<Map<String, TensorValue>> of(ServableSignature signature) {
    Set<String> names = signature.inputs().keySet();
    if (names.equals(Set.of(IMAGES, SIZES))) {
      int[] sizes = {HEIGHT, WIDTH, 50, 70};
      return List.of(
          Map.of(IMAGES, scenes(HEIGHT, WIDTH, 0, 1), SIZES, TensorValue.of(sizes, 2, 2)));
    }
    if (!names.equals(Set.of(IMAGES))) {
      return List.of(Map.of("image_bytes", TensorValue.ofBytes(files())));
    }
    boolean fixed = signature.inputs().get(IMAGES).asOutput().shape().get(1) > 0;
    return fixed
        ? List.of(
            Map.of(IMAGES, scenes(HEIGHT, WIDTH, 0)), Map.of(IMAGES, scenes(HEIGHT, WIDTH, 1)))
        : List.of(Map.of(IMAGES, scenes(HEIGHT, WIDTH, 0, 1)), Map.of(IMAGES, scenes(70, 50, 2)));
  }

  private static TensorValue scenes(int height, int width, int... indices) {
    DrawnScenes scenes = DrawnScenes.test().withSize(height, width);
    int length = height * width * 3;
    float[] values = new float[indices.length * length];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(scenes.pixels(indices[i]), 0, values, i * length, length);
    }
    return TensorValue.of(values, indices.length, height, width, 3);
  }

  private static List<byte[]> files() {
    return List.of(file("png", 40, 60, 0), file("jpg", 72, 64, 1), file("png", HEIGHT, WIDTH, 2));
  }

  private static byte[] file(String format, int height, int width, int index) {
    float[] pixels = DrawnScenes.test().withSize(height, width).pixels(index);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int rgb = 0;
      for (float sample : Arrays.copyOfRange(pixels, 3 * i, 3 * i + 3)) {
        rgb = rgb << Byte.SIZE | Math.round(255 * sample);
      }
      image.setRGB(i % width, i / width, rgb);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
