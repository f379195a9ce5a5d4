package dev.recal.tools.golden;

import com.google.gson.JsonElement;
import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.detection.ClassWiseNms;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;

/** Class-wise suppression of torchvision: the same boxes in the same order. */
final class ClassWiseNmsGolden {

  private ClassWiseNmsGolden() {}

  static GoldenResult run(GoldenCase golden) throws IOException {
    Path file = golden.file().resolveSibling(golden.name() + ".json");
    JsonElement contents = JsonRecords.parse(TextFiles.read(file), file);
    if (!contents.isJsonObject()) {
      throw new IOException("File " + file + ": expected a JSON object.");
    }
    KindSettings json = new KindSettings(contents.getAsJsonObject());
    float[] boxes = json.rows("boxes", 4);
    float[] scores = json.numbers("scores");
    int[] classes = json.integers("classes");
    int[] expected = json.integers("kept");
    Arguments.require(scores.length > 0, "scores", "at least one score", "none");
    float overlap = (float) new KindSettings(golden.settings()).number("threshold");
    ClassWiseNms settings =
        new ClassWiseNms(Conventions.TORCHVISION, overlap, Float.NEGATIVE_INFINITY, scores.length);
    Comparison comparison = new Comparison();
    int[] kept = kept(settings, boxes, scores, classes);
    int mismatch = Arrays.mismatch(kept, expected);
    if (mismatch >= 0) {
      comparison.problem(
          "kept: expected "
              + entry(expected, mismatch)
              + " at position "
              + mismatch
              + ", but got "
              + entry(kept, mismatch)
              + ".");
    }
    return new GoldenResult(
        golden,
        mismatch < 0 ? GoldenResult.Status.PASSED : GoldenResult.Status.FAILED,
        OptionalDouble.of(mismatch < 0 ? 0 : Double.POSITIVE_INFINITY),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        comparison.problems());
  }

  private static String entry(int[] indices, int position) {
    return position < indices.length ? "box " + indices[position] : "the end";
  }

  private static int[] kept(ClassWiseNms settings, float[] boxes, float[] scores, int[] classes) {
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      ClassWiseNms.Kept kept =
          settings.build(
              tf,
              tf.constant(Shape.of(boxes.length / 4, 4), DataBuffers.of(boxes)),
              tf.constant(scores),
              tf.constant(classes));
      try (Session session = Sessions.unoptimised(graph);
          Result result = session.runner().fetch(kept.indices()).fetch(kept.count()).run()) {
        int count = Tensors.toValue(result.get(1)).ints()[0];
        return Arrays.copyOf(Tensors.toValue(result.get(0)).ints(), count);
      }
    }
  }
}
