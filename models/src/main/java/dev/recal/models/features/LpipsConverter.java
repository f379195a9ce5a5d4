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
import java.util.ArrayList;
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
 * Published LPIPS weights as a SavedModel that {@link LpipsModel} reads.
 *
 * <p>Zhang et al. 2018 (arXiv 1801.03924); official code: github richzhang/PerceptualSimilarity,
 * version 0.1. Images in −1..1 are normalised to ImageNet's mean and deviation, then pass through
 * the network up to its last feature. The backbone's tensors are named as in torchvision ({@code
 * features.0.weight}) or as in the package lpips ({@code net.slice1.0.weight}), the linear weights
 * as in the package ({@code lin0.model.1.weight}), in one safetensors file or several.
 */
public final class LpipsConverter {

  private LpipsConverter() {}

  /**
   * Converts.
   *
   * @param weights safetensors files that together contain the backbone and linear weights
   * @param target the SavedModel, as {@link SavedModelWriter#write} takes it
   * @return the directory of the version
   * @throws IOException if a file cannot be read, a tensor is missing or of another shape, or the
   *     model cannot be written
   */
  public static Path convert(LpipsBackbone backbone, List<Path> weights, Path target)
      throws IOException {
    try (LpipsWeights tensors = LpipsWeights.open(weights);
        Graph graph = Graphs.create()) {
      VariableStore store = new VariableStore(graph, 1);
      Map<String, float[]> values = new LinkedHashMap<>();
      Servable servable = build(store, backbone, tensors, values);
      try (Session session = Sessions.unoptimised(graph)) {
        store.initialize(session);
        store.assign(session, values);
        return SavedModelWriter.plain().write(servable, session, target);
      }
    }
  }

  private static Servable build(
      VariableStore store, LpipsBackbone network, LpipsWeights tensors, Map<String, float[]> values)
      throws IOException {
    Ops tf = GraphScope.ops(store.graph());
    Placeholder<TFloat32> images =
        tf.withName("images")
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
    Operand<TFloat32> x = VggInput.TORCHVISION.apply(tf, images);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    List<Operand<TFloat32>> linear = new ArrayList<>();
    BackboneGraph backbone = new BackboneGraph(store, tensors, values);
    for (LpipsBackbone.Layer layer : network.layers()) {
      x = backbone.add(layer, x);
      if (layer.feature()) {
        int number = maps.size();
        maps.add(x);
        linear.add(
            backbone.variable(
                "linear" + number + "/weights",
                Shape.of(layer.out()),
                tensors.linear(number, layer.out())));
      }
    }
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    for (int i = 0; i < maps.size(); i++) {
      outputs.put(LpipsModel.MAP + i, tf.identity(maps.get(i)));
      outputs.put(LpipsModel.WEIGHTS + i, tf.identity(linear.get(i)));
    }
    ServableSignature signature =
        new ServableSignature(LpipsModel.SIGNATURE, Map.of("images", images), outputs);
    return new Servable(store, List.of(signature), List.of());
  }
}
