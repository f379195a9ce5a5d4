package dev.recal.tools.bench;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.tensorflow.ndarray.Shape;

/**
 * Generated inputs for a signature: noise for numbers, a noisy PNG of 96×96 pixels for bytes.
 *
 * @param signature whose inputs have no free dimension except the first
 */
public record SampleCall(SignatureDescription signature) {

  private static final int IMAGE = 96;
  private static final float STEPS = 255f;

  /** Rejects signatures for which no inputs can be generated. */
  public SampleCall {
    signature.inputs().forEach((name, input) -> check(signature.key(), name, input));
  }

  private static void check(String key, String name, TensorDescription input) {
    Shape shape = input.shape();
    boolean rows =
        !shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) == Shape.UNKNOWN_SIZE;
    boolean known = rows;
    for (int axis = 1; rows && axis < shape.numDimensions(); axis++) {
      known &= shape.get(axis) > 0;
    }
    boolean type =
        input.type() == ElementType.FLOAT32.proto() || input.type() == ElementType.STRING.proto();
    if (!known || !type) {
      throw new IllegalArgumentException(
          "signature: expected inputs of float32 or strings whose only free dimension is the first,"
              + " but '"
              + name
              + "' of '"
              + key
              + "' is "
              + input
              + ".");
    }
  }

  /** Returns inputs with the given number of rows, the same in each call. */
  public Map<String, TensorValue> inputs(int rows) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    signature.inputs().forEach((name, input) -> inputs.put(name, value(input, rows)));
    return inputs;
  }

  /** Returns a request for one row, as {@code :predict} takes it. */
  public String body() {
    String inputs =
        inputs(1).entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":" + text(entry.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    return "{\"signature_name\":\"" + signature.key() + "\",\"inputs\":" + inputs + "}";
  }

  private static TensorValue value(TensorDescription input, int rows) {
    long[] sizes = input.shape().asArray();
    sizes[0] = rows;
    if (input.type() == ElementType.STRING.proto()) {
      return TensorValue.ofBytes(Collections.nCopies(rows, png()));
    }
    Random random = new Random(1);
    float[] values = new float[Math.toIntExact(Shape.of(sizes).size())];
    for (int i = 0; i < values.length; i++) {
      // Pixels have 256 levels, which limits the length of their decimals.
      values[i] = random.nextInt(256) / STEPS;
    }
    return TensorValue.of(values, sizes);
  }

  private static byte[] png() {
    Random random = new Random(2);
    BufferedImage image = new BufferedImage(IMAGE, IMAGE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < IMAGE; y++) {
      for (int x = 0; x < IMAGE; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      ImageIO.write(image, "png", bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(TensorValue value) {
    if (value.type() == ElementType.STRING) {
      return "[{\"b64\":\"" + Base64.getEncoder().encodeToString(value.byteStrings()[0]) + "\"}]";
    }
    StringBuilder text = new StringBuilder();
    append(text, value, 0, 0);
    return text.toString();
  }

  private static int append(StringBuilder text, TensorValue value, int axis, int from) {
    if (axis == value.shape().numDimensions()) {
      text.append(value.floats()[from]);
      return from + 1;
    }
    int next = from;
    text.append('[');
    for (long i = 0; i < value.shape().get(axis); i++) {
      text.append(i == 0 ? "" : ",");
      next = append(text, value, axis + 1, next);
    }
    text.append(']');
    return next;
  }
}
