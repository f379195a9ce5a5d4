package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.ops.GraphScope;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

/**
 * The images of a data set, resized to one square size as in training, without other augmentation:
 * bilinear with antialiasing, either the whole image, without keeping the aspect ratio, or its
 * centre.
 *
 * @param data the set; not closed here
 * @param size height and width that images get, in pixels
 * @param crop whether the centre of an image that is not square is cropped, after resizing its
 *     shorter side, instead of stretching it
 */
public record DataSetStream(DataSet data, int size, boolean crop) implements ImageStream {

  private static final int BATCH = 16;

  /** Rejects a missing set and sizes below 1. */
  public DataSetStream {
    Objects.requireNonNull(data, "data");
    if (size < 1) {
      throw new IllegalArgumentException("size: expected at least 1, but got " + size + ".");
    }
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT,
        "%s at %d×%d (%s, %s)",
        data.name(),
        size,
        size,
        BatchResize.METHOD,
        crop ? "centre crop" : "stretched");
  }

  @Override
  public void forEach(Consumer<ImageBatch> sink) throws IOException {
    Augmentation preparation = crop ? Augmentation.centerCrop(size) : Augmentation.none();
    PipelineSettings settings = PipelineSettings.evaluation(BATCH, size, size, preparation);
    try (Graph graph = Graphs.create();
        InputPipeline pipeline = InputPipeline.build(GraphScope.ops(graph), data, settings);
        Session session = Sessions.open(graph)) {
      pipeline.start(session, 0, 0);
      for (long i = 0; i < pipeline.batchesPerEpoch(); i++) {
        try (Result result =
            session.runner().fetch(pipeline.images()).fetch(pipeline.marks()).run()) {
          if (pipeline.reportUnreadable(result.get(1))) {
            sink.accept(batch(result.get(0)));
          }
        }
      }
    }
  }

  private ImageBatch batch(Tensor images) {
    float[] pixels = new float[Math.toIntExact(images.shape().size())];
    ((TFloat32) images).asRawTensor().data().asFloats().read(pixels);
    int count = Math.toIntExact(images.shape().get(0));
    return ImageBatch.ofFloats(count, size, size, pixels);
  }
}
