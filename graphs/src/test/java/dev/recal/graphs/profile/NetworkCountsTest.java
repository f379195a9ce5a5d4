package dev.recal.graphs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkCountsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18",
        "srm-resnet20-cifar",
        "an-mobilenetv2",
        "mobilefacenet",
        "an-and-or-net-cifar",
        "se-and-or-net-12m"
      })
  void knowsWhatTheProfilerCounts(String name) {
    Networks.Preset preset = Networks.preset(name);
    assertThat(NetworkCounts.known(preset)).contains(NetworkCounts.counted(preset));
  }

  @Test
  void countsOtherSettings() {
    Networks.Preset plain = Networks.preset("mobilenetv2-cifar");
    Networks.Preset other =
        new Networks.Preset(plain.name(), plain.network().withClasses(20), plain.imageSize());
    assertThat(NetworkCounts.known(other)).isEmpty();
    assertThat(NetworkCounts.of(other).parameters())
        .isEqualTo(NetworkCounts.of(plain).parameters() + 10 * 1281);
    Networks.Preset larger = new Networks.Preset(plain.name(), plain.network(), 64);
    assertThat(NetworkCounts.known(larger)).isEmpty();
  }

  // If it fails because networks were added or changed, the file that it writes is the new
  // resource.
  @Tag("slow")
  @Test
  void theResourceHoldsEveryNetworkAsTheProfilerCountsIt() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : Networks.names()) {
      Networks.Preset preset = Networks.preset(name);
      lines.add(NetworkCounts.line(preset, NetworkCounts.counted(preset)));
    }
    Path fresh = Path.of("target", "network-counts.tsv");
    Files.write(fresh, lines);
    assertThat(NetworkCounts.lines()).as("%s is how it should be", fresh).isEqualTo(lines);
  }
}
