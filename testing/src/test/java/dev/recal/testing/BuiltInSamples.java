package dev.recal.testing;

import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import java.util.List;

/** A sample of every module that Recal registers. */
final class BuiltInSamples {

  private static final int C = ModuleSample.CHANNELS;

  static final List<ModuleSample> ALL =
      List.of(
          ModuleSample.layer("squeeze-excitation", "\"reduction\": 4", 2 * C * C / 4 + C + C / 4),
          ModuleSample.layer("gather-excite", "\"bias\": true", 8 * 8 * C + C + 2 * C),
          ModuleSample.layer("style-recalibration", "\"epsilon\": 1e-5", 4 * C),
          ModuleSample.layer("efficient-channel-attention", "", 3),
          ModuleSample.layer(
              "convolutional-block-attention",
              "\"reduction\": 4",
              2 * C * C / 4 + C + C / 4 + 2 * 49 + 2),
          ModuleSample.layer("attentive-norm", "\"components\": 5", 2 * C * 5 + C * 5 + 2 * 5),
          ModuleSample.layer("switchable-norm", "", 2 * C + 6),
          ModuleSample.nonSmooth(
              "drconv",
              Layer.class,
              "\"generator\": \"pooled\", \"regions\": 4, \"filters\": 10",
              // squeeze C→m², expand m²→m·O·C in m groups, guide 3×3 C→m; all with biases
              (C * 16 + 16) + (4 * 640 + 640) + (9 * C * 4 + 4)),
          ModuleSample.layer(
              "condconv",
              "\"filters\": 10, \"experts\": 4, \"kernel\": 3",
              4 * 9 * C * 10 + C * 4 + 4),
          ModuleSample.nonSmooth(
              "same-layer-slim",
              Layer.class,
              "\"groups\": 4, \"reduction\": 2, \"dilation\": 2",
              1228),
          ModuleSample.skip("skip-layer-excitation", "", 16 * C * 6 + 6 * 6),
          ModuleSample.nonSmooth(
              "skip-layer-slim",
              SkipLayer.class,
              "\"groups\": 4, \"reduction\": 2, \"dilation\": 2",
              532));

  private BuiltInSamples() {}
}
