package dev.recal.models.predict;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The image files among a model's inputs as its graph takes them: upright, and none of the formats
 * that TensorFlow does not decode; see {@link ServableImage}. Image files within examples are left
 * as they are.
 */
public final class UprightInputs {

  private UprightInputs() {}

  /**
   * Converts what has to be.
   *
   * @param inputs by name
   * @param pixels the maximum of an image file
   * @return the same inputs where no image file has to be converted
   * @throws IllegalArgumentException if a file is an image of a format that cannot be decoded, or
   *     too large
   */
  public static Map<String, TensorValue> of(Map<String, TensorValue> inputs, long pixels) {
    Map<String, TensorValue> upright = new LinkedHashMap<>();
    boolean changed = false;
    for (Map.Entry<String, TensorValue> input : inputs.entrySet()) {
      TensorValue value = input.getValue();
      TensorValue converted =
          value.type() == ElementType.STRING ? of(input.getKey(), value, pixels) : value;
      changed |= converted != value;
      upright.put(input.getKey(), converted);
    }
    return changed ? upright : inputs;
  }

  private static TensorValue of(String name, TensorValue value, long pixels) {
    byte[][] files = value.byteStrings().clone();
    boolean changed = false;
    for (int i = 0; i < files.length; i++) {
      try {
        byte[] upright = ServableImage.of(files[i], pixels);
        changed |= upright != files[i];
        files[i] = upright;
      } catch (ImageHeader.UnusableImageException refused) {
        throw new IllegalArgumentException(
            "inputs: element " + i + " of '" + name + "' " + refused.getMessage() + ".");
      }
    }
    return changed ? value.withBytes(files) : value;
  }
}
