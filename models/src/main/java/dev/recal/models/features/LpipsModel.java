package dev.recal.models.features;

import dev.recal.graphs.synthesis.loss.FeatureNetwork;
import dev.recal.graphs.synthesis.loss.FeatureNetworks;
import dev.recal.savedmodels.FrozenSignature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A feature network for LPIPS from a SavedModel with the signature {@value #SIGNATURE}: one input,
 * images (N, H, W, 3) in −1..1; outputs {@code map0}, {@code map1} … (N, H, W, C) and {@code
 * weights0}, {@code weights1} … (C). {@link LpipsConverter} writes such models.
 */
public final class LpipsModel implements FeatureNetwork {

  /** The signature that such a model has. */
  public static final String SIGNATURE = "features";

  static final String MAP = "map";
  static final String WEIGHTS = "weights";

  private final FrozenSignature signature;
  private final String input;
  private final int maps;

  private LpipsModel(FrozenSignature signature, String input, int maps) {
    this.signature = signature;
    this.input = input;
    this.maps = maps;
  }

  /** Returns the reader of such models. */
  public static FeatureNetworks networks() {
    return new LpipsNetworks();
  }

  /**
   * Opens a model.
   *
   * @throws IOException if it cannot be read, or has other inputs and outputs
   */
  public static LpipsModel open(Path model) throws IOException {
    FrozenSignature signature = FrozenSignature.open(model, SIGNATURE);
    int maps = 0;
    while (signature.outputs().contains(MAP + maps)
        && signature.outputs().contains(WEIGHTS + maps)) {
      maps++;
    }
    if (signature.inputs().size() != 1 || maps == 0 || signature.outputs().size() != 2 * maps) {
      String actual = signature.inputs() + " and " + signature.outputs();
      signature.close();
      throw new IOException(
          "The SavedModel in "
              + model
              + " is not a feature network for LPIPS: expected one input and the outputs map0,"
              + " weights0, map1, weights1 …, but got "
              + actual
              + ".");
    }
    return new LpipsModel(signature, signature.inputs().iterator().next(), maps);
  }

  @Override
  public List<Feature> build(Ops tf, Operand<TFloat32> images) {
    Map<String, Output<?>> outputs = signature.build(tf, Map.of(input, images));
    List<Feature> features = new ArrayList<>();
    for (int i = 0; i < maps; i++) {
      features.add(
          new Feature(
              outputs.get(MAP + i).expect(TFloat32.class),
              outputs.get(WEIGHTS + i).expect(TFloat32.class)));
    }
    return features;
  }

  @Override
  public String description() {
    return "the feature network in " + signature.directory();
  }

  @Override
  public void close() {
    signature.close();
  }
}
