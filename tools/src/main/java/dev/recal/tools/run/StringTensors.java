package dev.recal.tools.run;

import dev.recal.ops.files.FileBytes;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.ndarray.Shape;

/** Inputs of a signature on the command line: files of numbers, and single strings. */
public final class StringTensors {

  private static final String OPTION = "--input";
  private static final int SHOWN = 20;
  private static final int MAX_LENGTH = 200;

  private StringTensors() {}

  /**
   * Reads the inputs.
   *
   * @param signature what is to be called
   * @param arguments safetensors files, {@code NAME=@FILE} and {@code NAME=TEXT}; several of one
   *     name are the elements of a vector
   * @param notices told of numbers that are not finite; a model may accept them
   * @throws IOException if a file cannot be read
   * @throws UsageException if an input is given twice, or takes no strings
   */
  public static Map<String, TensorValue> read(
      SignatureDescription signature, List<String> arguments, Consumer<String> notices)
      throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    Map<String, List<byte[]>> strings = new LinkedHashMap<>();
    for (String argument : arguments) {
      int sign = argument.indexOf('=');
      String name = sign < 0 ? "" : argument.substring(0, sign);
      if (signature.inputs().containsKey(name)) {
        requireStrings(signature, name);
        strings
            .computeIfAbsent(name, key -> new ArrayList<>())
            .add(element(argument.substring(sign + 1)));
      } else if (sign > 0 && !Files.exists(Path.of(argument))) {
        throw UsageException.unknown(OPTION, name, List.copyOf(signature.inputs().keySet()));
      } else {
        for (Map.Entry<String, TensorValue> one : Safetensors.read(Path.of(argument)).entrySet()) {
          one.getValue()
              .notFinite()
              .ifPresent(
                  found ->
                      notices.accept(
                          argument + ": the tensor '" + one.getKey() + "' has " + found + "."));
          put(tensors, one.getKey(), one.getValue());
        }
      }
    }
    for (Map.Entry<String, List<byte[]>> one : strings.entrySet()) {
      put(tensors, one.getKey(), tensor(signature, one.getKey(), one.getValue()));
    }
    requireNoStringsMissing(signature, tensors);
    return tensors;
  }

  /** Returns the strings of an output for people, if it holds text. */
  public static Optional<String> text(TensorValue value) {
    if (value.type() != ElementType.STRING) {
      return Optional.empty();
    }
    byte[][] elements = (byte[][]) value.data();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < Math.min(elements.length, SHOWN); i++) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap(elements[i]);
        texts.add(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
      } catch (CharacterCodingException binary) {
        return Optional.empty();
      }
    }
    boolean readable =
        texts.stream()
            .allMatch(
                text ->
                    text.length() <= MAX_LENGTH && text.chars().noneMatch(Character::isISOControl));
    return readable
        ? Optional.of(String.join(", ", texts) + (elements.length > SHOWN ? ", …" : ""))
        : Optional.empty();
  }

  private static byte[] element(String value) throws IOException {
    return value.startsWith("@")
        ? FileBytes.read(Path.of(value.substring(1)))
        : value.getBytes(StandardCharsets.UTF_8);
  }

  private static TensorValue tensor(
      SignatureDescription signature, String name, List<byte[]> elements) {
    TensorDescription description = signature.inputs().get(name);
    TensorValue vector = TensorValue.ofBytes(elements);
    boolean scalar = !description.shape().isUnknown() && description.shape().numDimensions() == 0;
    return scalar && elements.size() == 1
        ? new TensorValue(ElementType.STRING, Shape.scalar(), vector.data())
        : vector;
  }

  private static void put(Map<String, TensorValue> tensors, String name, TensorValue value) {
    if (tensors.put(name, value) != null) {
      throw new UsageException(OPTION + ": '" + name + "' is given more than once.");
    }
  }

  private static void requireStrings(SignatureDescription signature, String name) {
    TensorDescription input = signature.inputs().get(name);
    if (input.type() != ElementType.STRING.proto()) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "%s: '%s' of signature '%s' takes %s; pass a safetensors file that contains '%s'.",
              OPTION,
              name,
              signature.key(),
              input.typeName(),
              name));
    }
  }

  private static void requireNoStringsMissing(
      SignatureDescription signature, Map<String, TensorValue> tensors) {
    for (Map.Entry<String, TensorDescription> input : signature.inputs().entrySet()) {
      if (input.getValue().type() == ElementType.STRING.proto()
          && !tensors.containsKey(input.getKey())) {
        throw new FailureException(
            String.format(
                Locale.ROOT,
                "Input '%s' of signature '%s' takes strings, which a safetensors file cannot store; pass them with --input %s=@FILE.",
                input.getKey(),
                signature.key(),
                input.getKey()));
      }
    }
  }
}
