package dev.recal.savedmodels;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SavedModel;

/**
 * A process that loads damaged models. It prints the next attempt to standard output first, so that
 * the last line identifies the cause of a crash.
 *
 * <p>Arguments: the first seed, the number of seeds, and the models, which are damaged in place.
 */
final class FuzzedLoading {

  private FuzzedLoading() {}

  public static void main(String[] arguments) throws IOException {
    long first = Long.parseLong(arguments[0]);
    long count = Long.parseLong(arguments[1]);
    for (int i = 2; i < arguments.length; i++) {
      System.out.println("model " + arguments[i]);
      load(Path.of(arguments[i]), first, count);
    }
  }

  private static void load(Path model, long first, long count) throws IOException {
    String[] files = {
      "saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"
    };
    Map<String, byte[]> whole = new LinkedHashMap<>();
    for (String file : files) {
      whole.put(file, Files.readAllBytes(model.resolve(file)));
    }
    SavedModel parsed = SavedModel.parseFrom(whole.get(files[0]));
    int refused = 0;
    int answered = 0;
    for (long seed = first; seed < first + count; seed++) {
      System.out.println("seed " + seed);
      SplittableRandom random = new SplittableRandom(seed);
      Mutations mutations = new Mutations(random);
      String file = files[random.nextInt(10) < 8 ? 0 : random.nextInt(1, 3)];
      boolean structured = file.equals(files[0]) && random.nextInt(4) != 0;
      byte[] bytes =
          structured ? mutations.structure(parsed).toByteArray() : mutations.bytes(whole.get(file));
      Files.write(model.resolve(file), bytes);
      try (Predictor predictor = Predictor.open(model, new PredictorSettings(4, false, 1))) {
        answered += call(predictor);
      } catch (IOException e) {
        refused++;
        requireSentence(e.getMessage());
      }
      Files.write(model.resolve(file), whole.get(file));
    }
    System.out.println("refused " + refused + ", answered " + answered);
  }

  // TensorFlow's message is shown on one line.
  private static void requireSentence(String message) {
    if (message == null || message.contains("\n") || !message.endsWith(".")) {
      throw new IllegalStateException("No sentence: " + message);
    }
  }

  private static int call(Predictor predictor) {
    int answered = 0;
    for (SignatureDescription signature : predictor.description().signatures()) {
      try {
        Map<String, TensorValue> inputs = new LinkedHashMap<>();
        signature.inputs().forEach((name, tensor) -> inputs.put(name, value(tensor)));
        predictor.call(signature.key(), inputs);
        answered++;
      } catch (IllegalArgumentException e) {
        requireSentence(e.getMessage());
      }
    }
    return answered;
  }

  private static TensorValue value(TensorDescription tensor) {
    long[] sizes = tensor.shape().isUnknown() ? new long[0] : tensor.shape().asArray();
    long length = 1;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = sizes[i] < 0 || sizes[i] > 8 ? 2 : sizes[i];
      length *= sizes[i];
    }
    Optional<ElementType> known = ElementType.of(tensor.type());
    ElementType type = known.orElse(ElementType.FLOAT32);
    Object data = Array.newInstance(type.array().getComponentType(), Math.toIntExact(length));
    if (data instanceof byte[][] strings) {
      Arrays.fill(strings, new byte[] {'o', 'n', 'e'});
    }
    return new TensorValue(type, Shape.of(sizes), data);
  }
}
