package dev.recal.tools.compatibility;

import java.util.List;

/**
 * What is known not to work, and why. The report shows it as failed; the lab fails on what is not
 * in this list.
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

  private static final List<Limit> ALL =
      List.of(
          // As it seems, its optimiser joins bias and activation to a grouped convolution, for
          // which
          // it has no kernel.
          new Limit(
              "TensorFlow (1\\.15|2\\.4|2\\.7) \\(JVM\\)",
              "SLIM-ResNet",
              EVERY_CALL,
              "Fused conv implementation does not support grouped convolutions"),
          // Later ones and 2.4 run the same graph; why 2.7 does not was not found.
          new Limit(
              "TensorFlow 2\\.7 \\(JVM\\)",
              "DRConv-ResNet",
              EVERY_CALL,
              "Shapes of all inputs must match: values[0].shape = [] != values[1].shape = [1]"),
          // Its memory grows without end in oneDNN's generator of code for depthwise convolutions,
          // where the kernel is the whole map of 32×32.
          new Limit(".*TensorFlow 2\\.16 \\(JVM\\)", "GE-ResNet", "load", "The process ended"),
          // ONNX has no search in sorted numbers.
          new Limit("ONNX .*", "DRConv-ResNet", EVERY_CALL, "No Op registered for UpperBound"),
          // It has no sums by region, and no groups.
          new Limit("TensorFlow\\.js", "DRConv-ResNet", EVERY_CALL, "UnsortedSegmentSum"),
          new Limit("TensorFlow\\.js", "SLIM-ResNet", EVERY_CALL, "must match input depth"),
          // The converter's own optimiser joins batch norm and ReLU to an operation of
          // TensorFlow's.
          new Limit("TensorFlow\\.js", "AN-DenseNet", EVERY_CALL, "_FusedBatchNormEx"),
          // The converted graphs give other numbers; what the converter rewrites was not looked
          // into.
          new Limit("TensorFlow\\.js", "AN-MobileNetV2", EVERY_CALL, "is off by"),
          new Limit("TensorFlow\\.js", "DRConv-MobileFaceNet", EVERY_CALL, "is off by"));

  private KnownLimits() {}

  static boolean contain(Consumer consumer, String model, Check check) {
    return ALL.stream().anyMatch(limit -> limit.covers(consumer, model, check));
  }
}
