package dev.recal.models.features;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.SavedModelWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * VGG's convolutions as a SavedModel that {@link NamedMaps} reads: the signature {@code features}
 * takes images (N, H, W, 3) in −1..1, whatever colours the weights were trained with, and returns
 * the map after each ReLU under its name, {@code relu1_1} and so on. Tensors are named as in
 * torchvision ({@code features.0.weight}), with or without a prefix.
 */
public final class VggConverter {

  private VggConverter() {}

  /**
   * Converts.
   *
   * @param input the colours that the weights were trained with
   * @param weights safetensors files that together contain the weights
   * @param target the SavedModel, as {@link SavedModelWriter#write} takes it
   * @return the directory of the version
   * @throws IOException if a file cannot be read, a tensor is missing or of another shape, or the
   *     model cannot be written
   */
  public static Path convert(VggNetwork network, VggInput input, List<Path> weights, Path target)
      throws IOException {
    try (LpipsWeights tensors = LpipsWeights.open(weights);
        Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 1);
      Map<String, float[]> values = new LinkedHashMap<>();
      BackboneGraph backbone = new BackboneGraph(store, tensors, values);
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
      Operand<TFloat32> x = input.apply(tf, images);
      Map<String, Operand<?>> maps = new LinkedHashMap<>();
      for (Map.Entry<String, LpipsBackbone.Layer> layer : network.named().entrySet()) {
        x = backbone.add(layer.getValue(), x);
        maps.put(layer.getKey(), tf.identity(x));
      }
      ServableSignature signature =
          new ServableSignature(LpipsModel.SIGNATURE, Map.of("images", images), maps);
      try (Session session = Sessions.unoptimised(graph)) {
        store.initialize(session);
        store.assign(session, values);
        Servable servable = new Servable(store, List.of(signature), List.of());
        return SavedModelWriter.plain().write(servable, session, target);
      }
    }
  }
}
