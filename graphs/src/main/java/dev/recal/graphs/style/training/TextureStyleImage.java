package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.Textures;
import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * A synthetic texture as style image, to try recipes without a file.
 *
 * @param kind which of the ten of {@link Textures}, from 0
 * @param size rows and columns, from 16
 */
public record TextureStyleImage(int kind, int size) implements StyleImage {

  private static final int KINDS = 10;

  /** Rejects unknown kinds and small sizes. */
  public TextureStyleImage {
    Arguments.require(kind >= 0 && kind < KINDS, "kind", "0 to 9", kind);
    Arguments.require(size >= 16 && size <= 1024, "size", "16 to 1024", size);
  }

  /** The first one, of 256×256. */
  public static TextureStyleImage defaults() {
    return new TextureStyleImage(0, 256);
  }

  @Override
  public StylePixels read() throws IOException {
    Textures source = new Textures(Textures.Split.TEST, 1, size, 0);
    try (DataSet textures = source.open(OpenSettings.defaults());
        Graph graph = Graphs.create();
        InputPipeline input =
            InputPipeline.build(
                GraphScope.ops(graph),
                textures,
                PipelineSettings.evaluation(1, size, size, Augmentation.none()));
        Session session = Sessions.unoptimised(graph)) {
      input.start(session, 0, kind);
      try (Result result = session.runner().fetch(input.images()).run()) {
        float[] values = new float[size * size * 3];
        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(values));
        return new StylePixels("texture " + textures.itemName(kind), size, size, values);
      }
    }
  }
}
