package dev.recal.tools.synthesis;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.profile.Profiler;
import dev.recal.graphs.serving.GeneratorServable;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.latent.Latents;
import dev.recal.graphs.synthesis.training.SynthesisJson;
import dev.recal.graphs.synthesis.training.SynthesisRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.ModelAddition;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Writes a run's averaged generator as a SavedModel. */
public final class SynthesisExport {

  private static final long GOLDEN_SEED = 7;
  // Above this size one golden image suffices; recorded outputs are as large as their images.
  private static final int LARGE = 512;

  private SynthesisExport() {}

  /**
   * Exports a checkpoint.
   *
   * @param checkpoint one of the run's
   * @param target {@code MODEL} or {@code MODEL/VERSION}
   * @param addition writes additional files into the model before it is published
   * @return the directory of the version that was written
   * @throws IOException if the checkpoint cannot be read or the model not be written
   * @throws IllegalArgumentException if the checkpoint does not match the recipe
   */
  public static Path write(SynthesisRun run, Path checkpoint, Path target, ModelAddition addition)
      throws IOException {
    CheckpointSummary summary = CheckpointDirectory.describe(checkpoint);
    try (RestoredGenerator generator =
        new RestoredGenerator(TrainedGenerator.of(run, checkpoint))) {
      JsonObject metadata = metadata(run, checkpoint, summary, generator);
      return new SavedModelWriter(metadata, golden(generator))
          .write(generator.servable(), generator.session(), target, addition);
    }
  }

  private static JsonObject metadata(
      SynthesisRun run, Path checkpoint, CheckpointSummary summary, RestoredGenerator generator) {
    JsonObject json = new JsonObject();
    json.add("recipe", JsonParser.parseString(SynthesisJson.write(run.recipe())));
    json.addProperty("seed", summary.seed());
    json.addProperty("dataDigest", summary.dataDigest());
    json.addProperty("checkpoint", checkpoint.getFileName().toString());
    json.addProperty("step", summary.step());
    json.addProperty("parameters", generator.servable().store().parameters());
    json.addProperty("multiplyAdds", multiplyAdds(run.recipe().network().generator()));
    json.addProperty("imageSize", generator.size());
    json.addProperty("latent", generator.latent());
    return json;
  }

  // Of one image.
  private static long multiplyAdds(FastGanGenerator generator) {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      Operand<TFloat32> z =
          GraphScope.ops(graph)
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, generator.latent())));
      generator.build(context, z);
      return Profiler.of(context, z.shape()).macs();
    }
  }

  private static List<GoldenCase> golden(RestoredGenerator generator) {
    int latent = generator.latent();
    int count = generator.size() < LARGE ? 2 : 1;
    TensorValue z = TensorValue.of(Latents.draw(GOLDEN_SEED, count, latent), count, latent);
    Map<String, TensorValue> seeded = new LinkedHashMap<>();
    seeded.put("seed", TensorValue.of(new long[] {GOLDEN_SEED}, new long[0]));
    seeded.put("count", TensorValue.of(new int[] {count}, new long[0]));
    Map<String, TensorValue> pair = new LinkedHashMap<>();
    pair.put(GeneratorServable.Z, z);
    pair.put(
        GeneratorServable.STYLE,
        TensorValue.of(Latents.draw(GOLDEN_SEED + 1, count, latent), count, latent));
    return List.of(
        new GoldenCase("serving_default", Map.of(GeneratorServable.Z, z)),
        new GoldenCase("generate_seeded", seeded),
        new GoldenCase("mix", pair));
  }
}
