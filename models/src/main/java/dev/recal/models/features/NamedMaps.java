package dev.recal.models.features;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.savedmodels.FrozenSignature;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * A loss network from a SavedModel with the signature {@value LpipsModel#SIGNATURE}: one input,
 * images (N, H, W, 3) in −1..1; each output of float32 and rank 4 is a map. {@link VggConverter}
 * and {@link LpipsConverter} write such models.
 */
public final class NamedMaps implements LossNetwork {

  private final FrozenSignature signature;
  private final String input;
  private final List<String> maps;

  private NamedMaps(FrozenSignature signature, String input, List<String> maps) {
    this.signature = signature;
    this.input = input;
    this.maps = List.copyOf(maps);
  }

  /**
   * Opens a model.
   *
   * @throws IOException if it cannot be read, or has other inputs and outputs
   */
  public static NamedMaps open(Path model) throws IOException {
    FrozenSignature signature = FrozenSignature.open(model, LpipsModel.SIGNATURE);
    try {
      SignatureDescription description =
          SavedModelReader.describe(model).signatures().stream()
              .filter(known -> known.key().equals(LpipsModel.SIGNATURE))
              .findFirst()
              .orElseThrow();
      List<String> maps =
          description.outputs().entrySet().stream()
              .filter(output -> isMap(output.getValue()))
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      if (signature.inputs().size() != 1 || maps.isEmpty()) {
        throw new IOException(
            "The SavedModel in "
                + model
                + " is not a loss network: expected one input and outputs that are maps, but got "
                + (signature.inputs() + " and " + signature.outputs() + "."));
      }
      return new NamedMaps(signature, signature.inputs().iterator().next(), maps);
    } catch (IOException | RuntimeException refused) {
      signature.close();
      throw refused;
    }
  }

  private static boolean isMap(TensorDescription output) {
    return output.type() == DataType.DT_FLOAT
        && !output.shape().isUnknown()
        && output.shape().numDimensions() == 4;
  }

  @Override
  public List<String> maps() {
    return maps;
  }

  @Override
  public Map<String, Operand<TFloat32>> build(
      Ops tf, Operand<TFloat32> images, Collection<String> names) {
    Map<String, Output<?>> outputs = signature.build(tf, Map.of(input, images), Set.copyOf(names));
    Map<String, Operand<TFloat32>> built = new LinkedHashMap<>();
    outputs.forEach((name, output) -> built.put(name, output.expect(TFloat32.class)));
    return built;
  }

  @Override
  public String description() {
    return "the loss network in " + signature.directory();
  }

  @Override
  public void close() {
    signature.close();
  }
}
