package dev.recal.graphs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published counts, exactly. */
class NetworkTableTest {

  @ParameterizedTest
  @CsvSource({
    "resnet18, 11689512",
    "resnet34, 21797672",
    "resnet50, 25557032",
    "resnet101, 44549160",
    "resnet152, 60192808",
    "resnet50-v1, 25557032",
    "resnet101-v1, 44549160",
    "se-resnet50, 28088024",
    "se-resnet101, 49326872",
    "ge-resnet50, 31121704",
    "ge-resnet101, 53578024",
    "ge-minus-resnet50, 25557032",
    "srm-resnet50, 25617448",
    "srm-resnet101, 44679208",
    "an-resnet34, 21996060",
    "an-resnet50, 25755420",
    "an-bn3-resnet50, 26349084",
    "an-all-resnet50, 26947472",
    "an-bn1-resnet50, 25755420",
    "sn-resnet50, 25557350",
    "an-resnet101, 45000644",
    "eca-resnet50, 25557118",
    "cbam-resnet50, 28089624",
    "slim-resnet50, 18656040",
    "slim-resnet101, 31537960",
    "resnet50-v1d, 25576264",
    "resnet101-v1d, 44568392",
    "resnext50-32x4d, 25028904",
    "resnext101-32x4d, 44177704",
    "resnext101-32x8d, 88791336",
    "resnext101-64x4d, 83455272",
    "resnet32-cifar, 466906",
    "se-resnet32-cifar, 470266",
    "srm-resnet32-cifar, 469146",
    "resnet32-cifar-a, 464154",
    "densenet121, 7978856",
    "densenet169, 14149480",
    "densenet201, 20013928",
    "an-densenet121, 8342288",
    "mobilenetv2, 3504872",
    "an-mobilenetv2, 3672760",
    "mobilenetv1, 4231976",
    "shufflenetv2-0.5, 1366792",
    "shufflenetv2-1.0, 2278604",
    "shufflenetv2-1.5, 3503624",
    "shufflenetv2-2.0, 7393996"
  })
  void countsParametersAsPublished(String name, long parameters) {
    assertThat(profile(name).parameters()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, 1.81",
    "resnet34, 3.66",
    "resnet50, 4.09",
    "resnet101, 7.80",
    "resnet152, 11.51",
    "slim-resnet50, 3.32",
    "slim-resnet101, 5.81",
    "resnet50-v1, 3.86",
    "resnet101-v1, 7.57",
    "resnext50-32x4d, 4.23",
    "resnext101-32x4d, 7.97",
    "resnext101-32x8d, 16.4",
    "resnext101-64x4d, 15.5",
    "densenet121, 2.83",
    "an-densenet121, 2.83",
    "mobilenetv2, 0.30",
    "an-mobilenetv2, 0.30",
    "mobilenetv1, 0.57",
    "shufflenetv2-0.5, 0.0405",
    "alternating-shufflenetv2-0.5, 0.0405",
    "alternating-shufflenetv2-1.0, 0.146",
    "alternating-shufflenetv2-1.5, 0.299",
    "alternating-shufflenetv2-2.0, 0.591",
    "drconv-experts-shufflenetv2-0.5, 0.0501",
    "drconv-experts-shufflenetv2-1.0, 0.1935",
    "drconv-shufflenetv2-0.5, 0.0501",
    "drconv-shufflenetv2-1.0, 0.1935",
    "mobilefacenet, 0.22"
  })
  void countsMultiplyAddsAsPublished(String name, String billions) {
    assertThat(rounded(profile(name).macs() / 1e9, billions)).isEqualTo(billions);
  }

  @ParameterizedTest
  @CsvSource({
    "drconv-experts-shufflenetv2-0.5, 2.294",
    "drconv-experts-shufflenetv2-1.0, 7.274",
    "drconv-shufflenetv2-0.5, 9.67",
    "drconv-shufflenetv2-1.0, 50.3"
  })
  void countsMillionsOfParametersAsPublished(String name, String millions) {
    assertThat(rounded(profile(name).parameters() / 1e6, millions)).isEqualTo(millions);
  }

  // The paper's 0.99 million are those of the embedding; how many identities the head has is free.
  @Test
  void countsTheParametersOfFacesWithoutTheirHead() {
    long head = 128L * Networks.named("mobilefacenet").classes();
    assertThat(profile("mobilefacenet").parameters() - head).isEqualTo(1_003_136);
  }

  private static String rounded(double number, String like) {
    int digits = like.length() - like.indexOf('.') - 1;
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }

  private static Profile profile(String name) {
    Networks.Preset preset = Networks.preset(name);
    return Profiler.of(preset.network(), preset.imageSize(), preset.imageSize());
  }
}
