package dev.recal.tools.golden;

import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.RoiAlign;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** RoIAlign of torchvision: all of {@link RoiAlign}'s forms, and the gradients of two. */
final class RoiAlignGolden {

  // Then follow gradients.
  private static final int OUTPUTS = 3;

  private RoiAlignGolden() {}

  static GoldenResult run(GoldenCase golden) throws IOException {
    KindSettings json = new KindSettings(golden.settings());
    boolean aligned = json.truth("aligned");
    RoiAlign settings =
        new RoiAlign(
            json.integer("size"), json.integer("samplingRatio"), aligned, false, aligned ? 0 : 1);
    double scale = json.number("spatialScale");
    int stride = (int) Math.rint(1 / scale);
    Arguments.require(1. / stride == scale, "spatialScale", "1 / an integer", scale);
    Path file = golden.file().resolveSibling(golden.name() + ".safetensors");
    Map<String, TensorValue> tensors = Safetensors.readFinite(file);
    List<String> needed = List.of("map", "boxes", "batch", "cotangent", "output", "grad/map");
    for (String name : needed) {
      TensorValue value = tensors.get(name);
      if (value == null) {
        throw new IOException("File " + file + " has no tensor '" + name + "'.");
      }
      ElementType type = name.equals("batch") ? ElementType.INT32 : ElementType.FLOAT32;
      Arguments.require(value.type() == type, name, type.toString(), value.type());
    }
    try {
      return compare(golden, settings, stride, tensors);
    } catch (TensorFlowException failure) {
      return GoldenResult.failed(golden, TensorFlowFailures.reason(failure) + ".");
    }
  }

  private static GoldenResult compare(
      GoldenCase golden, RoiAlign settings, int stride, Map<String, TensorValue> tensors) {
    try (Graph graph = Graphs.create()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> map = placeholder(tf, TFloat32.class, tensors.get("map"));
      Placeholder<TFloat32> boxes = placeholder(tf, TFloat32.class, tensors.get("boxes"));
      Placeholder<TInt32> images = placeholder(tf, TInt32.class, tensors.get("batch"));
      Placeholder<TFloat32> cotangent = placeholder(tf, TFloat32.class, tensors.get("cotangent"));
      Pyramid pyramid = Pyramid.of(map, stride);
      Operand<TFloat32> cropped = settings.build(tf, pyramid, boxes, images);
      Arguments.require(
          cotangent.shape().equals(cropped.shape()),
          "cotangent",
          "shape " + cropped.shape(),
          cotangent.shape());
      Operand<TFloat32> gathered = settings.gathered(tf, pyramid, boxes, images);
      Operand<TFloat32> multiplied = settings.sparseProduct(tf, pyramid, boxes, images);
      List<Operand<TFloat32>> fetches =
          List.of(
              cropped,
              gathered,
              multiplied,
              gradient(gathered, map, cotangent),
              gradient(multiplied, map, cotangent));
      try (Session session = Sessions.unoptimised(graph);
          Tensor mapValue = Tensors.toTensor(tensors.get("map"));
          Tensor boxesValue = Tensors.toTensor(tensors.get("boxes"));
          Tensor imagesValue = Tensors.toTensor(tensors.get("batch"));
          Tensor cotangentValue = Tensors.toTensor(tensors.get("cotangent"))) {
        Session.Runner runner =
            session
                .runner()
                .feed(map, mapValue)
                .feed(boxes, boxesValue)
                .feed(images, imagesValue)
                .feed(cotangent, cotangentValue);
        fetches.forEach(runner::fetch);
        try (Result result = runner.run()) {
          return verdict(golden, tensors, result);
        }
      }
    }
  }

  private static <T extends TType> Placeholder<T> placeholder(
      Ops tf, Class<T> type, TensorValue value) {
    return tf.placeholder(type, Placeholder.shape(value.shape()));
  }

  private static Operand<TFloat32> gradient(
      Operand<TFloat32> output, Operand<TFloat32> map, Operand<TFloat32> cotangent) {
    return Gradients.of(output, List.of(map), Optional.of(cotangent)).get(0);
  }

  private static GoldenResult verdict(
      GoldenCase golden, Map<String, TensorValue> tensors, Result result) {
    Comparison comparison = new Comparison();
    String[] names = {
      "output", "output (gathered)", "output (sparse)", "grad/map (gathered)", "grad/map (sparse)"
    };
    double[] errors = new double[names.length];
    for (int i = 0; i < names.length; i++) {
      errors[i] =
          comparison.compare(
              names[i],
              Tensors.toValue(result.get(i)),
              tensors.get(i < OUTPUTS ? "output" : "grad/map"),
              i < OUTPUTS ? GoldenResult.OUTPUT_TOLERANCE : GoldenResult.GRADIENT_TOLERANCE);
    }
    return new GoldenResult(
        golden,
        comparison.problems().isEmpty() ? GoldenResult.Status.PASSED : GoldenResult.Status.FAILED,
        Arrays.stream(errors, 0, OUTPUTS).max(),
        Arrays.stream(errors, OUTPUTS, names.length).max(),
        OptionalDouble.empty(),
        comparison.problems());
  }
}
