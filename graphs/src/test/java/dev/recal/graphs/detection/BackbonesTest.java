package dev.recal.graphs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import dev.recal.ops.Tower;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

/** Light backbones under a pyramid of strides 4 to 64. */
class BackbonesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mobilenetv2",
        "an-mobilenetv2",
        "drconv-experts-mobilenetv2",
        "shufflenetv2-0.5",
        "drconv-shufflenetv2-0.5",
        "densenet121",
        "mobilenetv1"
      })
  void everyStrideOfThePyramidHasAStage(String name) {
    MaskRcnn net = MaskRcnn.of(Networks.named(name), BoxHead.defaults());
    try (DetectorGraph built = new DetectorGraph(net, Tower.serving(), Shape.of(1, 64, 96, 3), 1)) {
      assertThat(built.pyramid.strides()).containsExactly(4, 8, 16, 32, 64);
      for (int i = 0; i < 5; i++) {
        Shape map = built.pyramid.maps().get(i).shape();
        int stride = 4 << i;
        assertThat(map).isEqualTo(Shape.of(1, (63 + stride) / stride, (95 + stride) / stride, 256));
      }
    }
  }
}
