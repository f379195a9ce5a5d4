package dev.recal.tools.compatibility;

import java.util.List;

/**
 * Known failures and their reasons. The report shows them as failed; the lab fails on all others.
 */
final class KnownLimits {

  private record Limit(String consumer, String model, String check, String detail) {

    boolean covers(Consumer consumed, String examined, Check found) {
      return consumed.title().matches(consumer)
          && examined.matches(model)
          && found.name().matches(check)
          && found.detail().contains(detail);
    }
  }

  private static final String EVERY_CALL = "serving_.*|classify|features|recalibration";

  private static final String PYRAMID = "SinGAN.*";
  private static final String DRAWING = "generate|refine|enlarge";

  private static final String DETECTOR = "Mask R-CNN|RetinaNet";
  private static final String BATCHES = "serving_default|detect|detect_padded|recalibration";

  private static final List<Limit> ALL =
      List.of(
          // It has no sums by region, and nothing that splits and joins by region.
          new Limit("TensorFlow\\.js", "DRConv-ResNet", EVERY_CALL, "UnsortedSegmentSum"),
          // Nor do these split pixels by region, as the filters of pooled regions need.
          new Limit("Core ML .*", "DRConv-ResNet", "convert .*", "DynamicPartition"),
          new Limit("LiteRT", "DRConv-ResNet", EVERY_CALL, "DynamicPartition"),
          // The number of pixels of a region is known at run time only.
          new Limit("XLA .*", "DRConv-ResNet", EVERY_CALL, "compile-time constant"),
          new Limit("JAX .*", "DRConv-ResNet", EVERY_CALL, "static output shapes"),
          // None has random numbers seeded at call time.
          new Limit(
              "ONNX .*|TensorFlow\\.js|OpenVINO|LiteRT|XLA .*",
              "FastGAN .*",
              "generate_seeded",
              "StatelessRandomNormal"),
          // The number of images depends on an input, and JAX has no data-dependent shapes.
          new Limit("JAX .*", "FastGAN .*", "generate_seeded", "dynamic shape"),
          // The count of images is a scalar, which it does not support as an input.
          new Limit("Core ML .*", "FastGAN .*", "convert generate_seeded", "Rank-0"),
          // Nor the strength.
          new Limit(
              "Core ML .*", "Arbitrary style", "convert (serving_default|stylize_as)", "Rank-0"),
          // It converts no transposed convolution whose size follows the image.
          new Limit(
              "OpenVINO",
              "Style BN\\+SE Johnson",
              "serving_default|stylize|read_model",
              "Conv2DBackpropInput"),
          // These draw their noise by a seed; see above.
          new Limit(
              "ONNX .*|TensorFlow\\.js|OpenVINO|LiteRT|XLA .*",
              PYRAMID,
              DRAWING,
              "StatelessRandomNormal"),
          // tf2onnx does not get that far: their input and their output have the same name.
          new Limit("ONNX .*", PYRAMID, "refine|enlarge", "graph input 'images' not exist"),
          new Limit("JAX .*", PYRAMID, "generate|enlarge", "dynamic shape"),
          // Seeds are int64, and JAX has 32-bit integers by default.
          new Limit("JAX .*", PYRAMID, "refine", "int64"),
          // Seeds, sizes and amplitudes are scalars.
          new Limit("Core ML .*", PYRAMID, "convert (reconstruct|" + DRAWING + ")", "Rank-0"),
          // They lack the suppression of duplicates in batches; detect_lite is the form for them.
          new Limit(
              "TensorFlow\\.js|OpenVINO|LiteRT|XLA .*", DETECTOR, BATCHES, "CombinedNonMaxSup"),
          new Limit("JAX .*", DETECTOR, BATCHES, "call_tf can"),
          // Its reader converts all signatures.
          new Limit("OpenVINO", DETECTOR, "read_model", "CombinedNonMaxSup"),
          new Limit("Core ML .*", DETECTOR, "convert (" + BATCHES + ")", "CombinedNonMaxSup"),
          // It has versions 3 and 5; other runtimes have no fixed sizes with 3, or lack 5.
          new Limit("Core ML .*", DETECTOR, "convert detect_lite", "NonMaxSuppressionV4"),
          // tf2onnx has that suppression for boxes that all classes share, as RetinaNet's.
          new Limit("ONNX .*", "Mask R-CNN", BATCHES, "boxes shared across classes"));

  private KnownLimits() {}

  static boolean contain(Consumer consumer, String model, Check check) {
    return ALL.stream().anyMatch(limit -> limit.covers(consumer, model, check));
  }
}
