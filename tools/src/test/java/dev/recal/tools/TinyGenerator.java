package dev.recal.tools;

import com.google.gson.JsonObject;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.GeneratorServable;
import dev.recal.graphs.synthesis.SkipKind;
import dev.recal.ops.Servable;
import dev.recal.ops.Variable;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** A narrow generator of 32×32 with random weights that make colourful images, as a SavedModel. */
public final class TinyGenerator {

  public static final int SIZE = 32;
  public static final FastGanGenerator NETWORK = FastGanGenerator.of(SIZE, SkipKind.SLIM).width(8);
  private static final long SEED = 3;

  private TinyGenerator() {}

  public static Path write(Path target) throws IOException {
    try (Graph graph = new Graph()) {
      Servable servable = GeneratorServable.build(graph, NETWORK, SEED);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        servable.store().assign(session, louder(servable, session));
        GoldenCase golden =
            new GoldenCase(
                "generate_seeded",
                Map.of(
                    "seed",
                    TensorValue.of(new long[] {7}, new long[0]),
                    "count",
                    TensorValue.of(new int[] {2}, new long[0])));
        return new SavedModelWriter(new JsonObject(), List.of(golden))
            .write(servable, session, target);
      }
    }
  }

  /** An untrained network's images are nearly grey, and its noise gains are 0. */
  public static Map<String, float[]> louder(Servable servable, Session session) {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, float[]> before = servable.store().values(session);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Variable<TFloat32> variable : servable.store().trainable()) {
      float[] value = before.get(variable.name());
      boolean gain = variable.name().contains("noise_gain");
      for (int i = 0; i < value.length; i++) {
        value[i] = gain ? 0.1f : variable.name().endsWith("gamma") ? 2 * value[i] : value[i];
        value[i] += variable.name().endsWith("beta") ? (float) random.nextDouble() - 0.5f : 0;
      }
      values.put(variable.name(), value);
    }
    return values;
  }
}
