package dev.recal.tools;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.synthesis.oneshot.SinGan;
import dev.recal.ops.Servable;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A narrow pyramid of two scales with random weights, as a SavedModel. */
public final class TinyPyramid {

  public static final Pyramid SIZES = new Pyramid(20, 16, 2, 0.75);
  private static final SinGan NETWORK = new SinGan(SinGan.Modulation.SLIM, 4, 4);

  private TinyPyramid() {}

  public static Path write(Path target, ModelAddition addition) throws IOException {
    try (Graph graph = new Graph()) {
      Servable servable = PyramidServable.build(graph, NETWORK, SIZES, 3);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        servable.store().assign(session, TinyGenerator.louder(servable, session));
        return new SavedModelWriter(metadata(), golden())
            .write(servable, session, target, addition);
      }
    }
  }

  private static List<GoldenCase> golden() {
    Map<String, TensorValue> generate =
        Map.of(
            "seed", TensorValue.of(new long[] {7}, new long[0]),
            "count", scalar(1),
            "height", scalar(SIZES.height()),
            "width", scalar(SIZES.width()),
            "start_scale", scalar(1));
    TensorValue amplitude = TensorValue.of(new float[] {1}, new long[0]);
    return List.of(
        new GoldenCase("reconstruct", Map.of("amplitude", amplitude)),
        new GoldenCase("generate", generate));
  }

  public static TensorValue scalar(int value) {
    return TensorValue.of(new int[] {value}, new long[0]);
  }

  private static JsonObject metadata() {
    JsonArray scales = new JsonArray();
    for (int scale = 0; scale < SIZES.scales(); scale++) {
      JsonObject size = new JsonObject();
      size.addProperty("height", SIZES.height(scale));
      size.addProperty("width", SIZES.width(scale));
      scales.add(size);
    }
    JsonObject metadata = new JsonObject();
    metadata.add("scales", scales);
    return metadata;
  }
}
