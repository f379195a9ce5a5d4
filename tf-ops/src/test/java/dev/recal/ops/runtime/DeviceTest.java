package dev.recal.ops.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.ConfigProto;

class DeviceTest {

  @Test
  void parsesKindsAndNumbers() {
    assertThat(Device.parse("auto")).isEqualTo(Device.auto());
    assertThat(Device.parse("CPU").kind()).isEqualTo(Device.Kind.CPU);
    assertThat(Device.parse("gpu")).isEqualTo(new Device(Device.Kind.GPU, List.of(0)));
    assertThat(Device.parse("gpu:1,3").visibleList()).isEqualTo("1,3");
    assertThat(Device.parse("gpu:1,3")).hasToString("gpu:1,3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tpu", "cpu:0", "gpu:", "gpu:a", "gpu:-1", "gpu:1,", "auto:0"})
  void rejectsOtherTexts(String text) {
    assertThatThrownBy(() -> Device.parse(text))
        .hasMessage(
            "device: expected auto, cpu, gpu or the number of a GPU such as gpu:1, but got '"
                + text
                + "'.");
  }

  @Test
  void rejectsGpusNamedTwice() {
    assertThatThrownBy(() -> Device.parse("gpu:1,1"))
        .hasMessage("gpus: expected different numbers, but got [1, 1].");
  }

  @Test
  void sessionsTakeMemoryAsNeededOnTheChosenGpus() {
    ConfigProto threads = ConfigProto.newBuilder().setIntraOpParallelismThreads(3).build();
    ConfigProto config = ComputeDevices.configure(threads, Device.parse("gpu:2"));
    assertThat(config.getIntraOpParallelismThreads()).isEqualTo(3);
    assertThat(config.getAllowSoftPlacement()).isTrue();
    assertThat(config.getGpuOptions().getAllowGrowth()).isTrue();
    assertThat(config.getGpuOptions().getVisibleDeviceList()).isEqualTo("2");
    assertThat(config.getDeviceCountMap()).isEmpty();
  }

  @Test
  void sessionsOfTheCpuSeeNoGpu() {
    ConfigProto config =
        ComputeDevices.configure(ConfigProto.getDefaultInstance(), Device.parse("cpu"));
    assertThat(config.getDeviceCountMap()).containsExactlyEntriesOf(java.util.Map.of("GPU", 0));
  }

  @Test
  void requiredGpuThatIsMissingIsAnError() {
    Optional<String> problem = Optional.of("There is no NVIDIA driver.");
    assertThatThrownBy(() -> ComputeDevices.fallback(Device.parse("gpu"), false, problem))
        .hasMessage(
            "device: expected a usable GPU, but got none. There is no NVIDIA driver. 'recal doctor'"
                + " says more.");
    assertThat(ComputeDevices.fallback(Device.parse("cpu"), false, problem)).isEmpty();
    assertThat(ComputeDevices.fallback(Device.parse("gpu"), true, problem)).isEmpty();
  }
}
