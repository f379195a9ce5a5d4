package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedAccuracyTest {

  @Test
  void knowsNetworksAndTheirPapers() {
    assertThat(Networks.published()).isNotEmpty();
    for (PublishedAccuracy one : Networks.published()) {
      assertThat(Networks.names()).contains(one.network());
    }
    assertThat(PublishedAccuracy.of("an-resnet50"))
        .containsExactly(
            new PublishedAccuracy(
                "an-resnet50", "ImageNet", 78.41, Optional.of(94.12), "1908.01259"));
    assertThat(PublishedAccuracy.of("resnet50")).hasSize(2);
    assertThat(PublishedAccuracy.of("resnet18")).isEmpty();
  }

  @Test
  void rejectsInvalidPercentages() {
    for (double wrong : new double[] {0, 101, Double.NaN, 96}) {
      assertThatThrownBy(() -> new PublishedAccuracy("a", "b", wrong, Optional.of(95.0), "c"))
          .hasMessageStartingWith("top1: expected 0 < top1 <= top5 <= 100, but got ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet50, 1512.03385",
    "srm-resnet50, 1512.03385 1903.10829",
    "an-resnext50-32x4d, 1512.03385 1611.05431 1908.01259",
    "se-resnet50-v1d, 1512.03385 1812.01187 1709.01507",
    "slim-resnet50, 1512.03385 2112.14804",
    "an-densenet121, 1608.06993 1908.01259",
    "drconv-shufflenetv2-0.5, 1807.11164 2003.12243",
    "mobilefacenet, 1804.07573 1801.07698",
    "an-and-or-net-12m, 1711.05847 1908.01259"
  })
  void readsPapersFromSettings(String name, String papers) {
    assertThat(Papers.of(Networks.named(name))).isEqualTo(List.of(papers.split(" ")));
  }
}
