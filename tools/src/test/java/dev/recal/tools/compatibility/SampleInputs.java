package dev.recal.tools.compatibility;

import com.google.protobuf.ByteString;
import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;

/** The lab's inputs for each signature, chosen by the public names. */
final class SampleInputs {

  private static final String FEATURE = "image/encoded";

  private SampleInputs() {}

  /** Returns the inputs of one or more calls, of different batch sizes. */
  static List<Map<String, TensorValue>> of(ServableSignature signature) {
    Set<String> names = signature.inputs().keySet();
    if (DetectorInputs.known(signature)) {
      return DetectorInputs.of(signature);
    }
    if (SampleStyles.known(signature)) {
      return SampleStyles.of(signature);
    }
    if (names.equals(Set.of("images"))) {
      return List.of(Map.of("images", images(2)), Map.of("images", images(5)));
    }
    if (names.equals(Set.of("image_bytes"))) {
      return List.of(Map.of("image_bytes", TensorValue.ofBytes(files())));
    }
    if (names.equals(Set.of("inputs"))) {
      return List.of(
          Map.of(
              "inputs", TensorValue.ofBytes(files().stream().map(SampleInputs::example).toList())));
    }
    if (names.contains("z")) {
      return List.of(vectors(signature, 2), vectors(signature, 5));
    }
    if (names.equals(Set.of("seed", "count"))) {
      return List.of(seeded(7, 2), seeded(-3, 5));
    }
    List<Map<String, TensorValue>> pyramid = PyramidInputs.of(names);
    if (!pyramid.isEmpty()) {
      return pyramid;
    }
    throw new IllegalArgumentException(
        "signature: the lab knows no inputs " + names + " of '" + signature.key() + "'.");
  }

  private static Map<String, TensorValue> vectors(ServableSignature signature, int count) {
    Random random = new Random(count);
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    signature
        .inputs()
        .forEach(
            (name, input) -> {
              int length = Math.toIntExact(input.asOutput().shape().get(1));
              float[] values = new float[count * length];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
              }
              inputs.put(name, TensorValue.of(values, count, length));
            });
    return inputs;
  }

  private static Map<String, TensorValue> seeded(long seed, int count) {
    return Map.of(
        "seed", TensorValue.of(new long[] {seed}, new long[0]),
        "count", TensorValue.of(new int[] {count}, new long[0]));
  }

  private static TensorValue images(int count) {
    return images(count, SampleNetworks.SIZE, SampleNetworks.SIZE);
  }

  static TensorValue images(int count, int height, int width) {
    Random random = new Random(count);
    float[] values = new float[count * height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TensorValue.of(values, count, height, width, 3);
  }

  static List<byte[]> files() {
    List<byte[]> files = new ArrayList<>();
    files.add(file("png", 40, 36, Color.ORANGE));
    files.add(file("jpg", 57, 33, Color.BLUE));
    files.add(file("png", 32, 32, Color.GREEN));
    return files;
  }

  private static byte[] file(String format, int width, int height, Color colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillOval(2, 5, width / 2, height / 2);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] example(byte[] file) {
    BytesList bytes = BytesList.newBuilder().addValue(ByteString.copyFrom(file)).build();
    Feature feature = Feature.newBuilder().setBytesList(bytes).build();
    return Example.newBuilder()
        .setFeatures(Features.newBuilder().putFeature(FEATURE, feature))
        .build()
        .toByteArray();
  }
}
